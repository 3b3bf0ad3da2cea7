"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Answer } from "@/components/ui/answer";
import { Facts, Panel } from "@/components/ui/panel";
import { apiKeysQuery } from "@/lib/api-client/api-keys";
import { issuersQuery } from "@/lib/api-client/issuers";
import type { NodeRole } from "@/lib/cluster/schemas";
import { ApiKeysPanel } from "./api-keys-panel";
import { BlocksPanel } from "./blocks-panel";
import { IssuersPanel } from "./issuers-panel";
import { RoleTopicsPanel } from "./role-topics-panel";
import { TesterPanel } from "./tester-panel";
import { TopicRulesPanel } from "./topic-rules-panel";
import { WebhooksPanel } from "./webhooks-panel";

/** Who may do what from outside: what devices may do, keys of services, whom we tell, and which nodes are for whom. */
export function AccessScreen({
  nodes,
  publishers,
  topicRoot,
  mayManage,
}: {
  nodes: readonly { name: string; role: NodeRole }[];
  /** Roles that may publish or watch at all. */
  publishers: readonly string[];
  topicRoot: string;
  mayManage: boolean;
}) {
  const t = useTranslations("access");
  const { data: keys = [] } = useQuery(apiKeysQuery());
  const { data: issuers } = useQuery(issuersQuery());
  const away = issuers?.issuers.find(({ awaySince }) => awaySince !== null);
  const inUse = keys.filter((key) => key.revokedAt === null).length;
  const roles = (["subscriber", "publisher"] as const).map((role) => ({
    role,
    names: nodes.filter((node) => node.role === role).map((node) => node.name),
  }));
  return (
    <>
      <Answer
        status={away ? "trouble" : null}
        proofs={mayManage ? undefined : <span className="proof">{t("readOnly")}</span>}
      >
        {away ? t("answerAway", { issuer: away.name }) : t("answer", { keys: inUse })}
      </Answer>
      <div className="stack">
        <IssuersPanel />
        <TopicRulesPanel topicRoot={topicRoot} />
        <TesterPanel />
        <BlocksPanel mayManage={mayManage} />
        <ApiKeysPanel mayManage={mayManage} />
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
