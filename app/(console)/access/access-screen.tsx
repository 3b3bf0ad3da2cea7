"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Answer } from "@/components/ui/answer";
import { Facts, Panel } from "@/components/ui/panel";
import { apiKeysQuery } from "@/lib/api-client/api-keys";
import type { NodeRole } from "@/lib/cluster/schemas";
import { ApiKeysPanel } from "./api-keys-panel";
import { BlocksPanel } from "./blocks-panel";
import { RoleTopicsPanel } from "./role-topics-panel";
import { TesterPanel } from "./tester-panel";
import { WebhooksPanel } from "./webhooks-panel";

/** Who may do what from outside: keys of services, whom we tell, and which nodes are for whom. */
export function AccessScreen({
  nodes,
  publishers,
  mayManage,
}: {
  nodes: readonly { name: string; role: NodeRole }[];
  /** Roles that may publish or watch at all. */
  publishers: readonly string[];
  mayManage: boolean;
}) {
  const t = useTranslations("access");
  const { data: keys = [] } = useQuery(apiKeysQuery());
  const inUse = keys.filter((key) => key.revokedAt === null).length;
  const roles = (["subscriber", "publisher"] as const).map((role) => ({
    role,
    names: nodes.filter((node) => node.role === role).map((node) => node.name),
  }));
  return (
    <>
      <Answer status={null} proofs={mayManage ? undefined : <span className="proof">{t("readOnly")}</span>}>
        {t("answer", { keys: inUse })}
      </Answer>
      <div className="stack">
        <ApiKeysPanel mayManage={mayManage} />
        <BlocksPanel mayManage={mayManage} />
        <TesterPanel />
        <RoleTopicsPanel roles={publishers} mayManage={mayManage} />
        <WebhooksPanel mayManage={mayManage} />
        <Panel title={t("nodes")}>
          <Facts
            rows={roles
              .filter(({ names }) => names.length > 0)
              .map(({ role, names }) => ({ key: role, name: names.join(", "), value: t(`roles.${role}`) }))}
          />
        </Panel>
      </div>
    </>
  );
}
