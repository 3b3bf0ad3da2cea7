"use client";
import { useTranslations } from "next-intl";
import { Age } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts, Panel } from "@/components/ui/panel";
import type { ApiKeySummary } from "@/lib/access/list-api-keys";
import type { NodeRole } from "@/lib/cluster/schemas";
import { ROLES, roleMay } from "@/lib/rbac/permissions";
import styles from "./access.module.css";
import { RoleTopicsPanel } from "./role-topics-panel";
import { WebhooksPanel } from "./webhooks-panel";

const publishers = ROLES.filter((role) => roleMay(role, "publish.send") || roleMay(role, "publish.tail"));

/** Who may do what from outside: keys of services, whom we tell, and which nodes are for whom. */
export function AccessScreen({
  keys,
  nodes,
  mayManage,
}: {
  keys: readonly ApiKeySummary[];
  nodes: readonly { name: string; role: NodeRole }[];
  mayManage: boolean;
}) {
  const t = useTranslations("access");
  const inUse = keys.filter((key) => key.revokedAt === null).length;
  const roles = (["subscriber", "publisher"] as const).map((role) => ({
    role,
    names: nodes.filter((node) => node.role === role).map((node) => node.name),
  }));
  return (
    <>
      <Answer status={null} proofs={<span className="proof">{t("readOnly")}</span>}>
        {t("answer", { keys: inUse })}
      </Answer>
      <div className="stack">
        <Panel title={t("keys")} sub={t("keysAbout")}>
          {keys.length === 0 ? (
            <EmptyState icon="key" title={t("emptyTitle")}>
              {t("emptyAbout")}
            </EmptyState>
          ) : (
            <KeyTable keys={keys} />
          )}
        </Panel>
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

function KeyTable({ keys }: { keys: readonly ApiKeySummary[] }) {
  const t = useTranslations("access");
  return (
    <div className={styles.scroll}>
      <table>
        <thead>
          <tr>
            <th>{t("state")}</th>
            <th>{t("name")}</th>
            <th>{t("may")}</th>
            <th className="r">{t("made")}</th>
            <th className="r">{t("used")}</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td className="t2">{t(key.revokedAt === null ? "states.inUse" : "states.revoked")}</td>
              <td className="b">{key.name}</td>
              <td className="mono t2">{key.permissions.join(" ")}</td>
              <td className="r">
                <Age at={key.createdAt} />
              </td>
              <td className="r">{key.lastUsedAt === null ? t("never") : <Age at={key.lastUsedAt} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
