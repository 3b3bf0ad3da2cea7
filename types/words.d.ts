import type access from "@/messages/en/access.json";
import type account from "@/messages/en/account.json";
import type alerts from "@/messages/en/alerts.json";
import type audit from "@/messages/en/audit.json";
import type auth from "@/messages/en/auth.json";
import type client from "@/messages/en/client.json";
import type cluster from "@/messages/en/cluster.json";
import type components from "@/messages/en/components.json";
import type developers from "@/messages/en/developers.json";
import type diagnostics from "@/messages/en/diagnostics.json";
import type format from "@/messages/en/format.json";
import type log from "@/messages/en/log.json";
import type operators from "@/messages/en/operators.json";
import type overview from "@/messages/en/overview.json";
import type presence from "@/messages/en/presence.json";
import type publish from "@/messages/en/publish.json";
import type shell from "@/messages/en/shell.json";
import type webhooks from "@/messages/en/webhooks.json";

declare module "next-intl" {
  interface AppConfig {
    Messages: {
      access: typeof access;
      account: typeof account;
      alerts: typeof alerts;
      audit: typeof audit;
      auth: typeof auth;
      client: typeof client;
      cluster: typeof cluster;
      components: typeof components;
      developers: typeof developers;
      diagnostics: typeof diagnostics;
      format: typeof format;
      log: typeof log;
      operators: typeof operators;
      overview: typeof overview;
      presence: typeof presence;
      publish: typeof publish;
      shell: typeof shell;
      webhooks: typeof webhooks;
    };
  }
}
