"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import type { AlertRule } from "@/lib/alerts/schemas";
import { rulesQuery } from "@/lib/api-client/alert-desk";
import styles from "./alerts.module.css";
import { useAlertWords } from "./use-alert-words";

const RuleDialog = lazy(() => import("./rule-dialog"));

/** Every rule with its condition in a line; a press on its name changes it. */
export default function RulesTab({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations();
  const [edited, setEdited] = useState<AlertRule | "new" | null>(null);
  const rules = useQuery(rulesQuery());
  const { data } = rules;
  if (!data)
    return (
      <Panel>
        <Awaited query={rules} failed={t("alerts.failed")} rows={10} />
      </Panel>
    );
  return (
    <Panel
      title={t("alerts.rulesTab.title")}
      sub={data.length}
      actions={
        mayManage ? (
          <Button size="small" icon="plus" onClick={() => setEdited("new")}>
            {t("alerts.rulesTab.new")}
          </Button>
        ) : null
      }
    >
      <div className="scroll">
        <table className={styles.rules}>
          <thead>
            <tr>
              <th>{t("alerts.rulesTab.state")}</th>
              <th>{t("alerts.rulesTab.name")}</th>
              <th>{t("alerts.rulesTab.condition")}</th>
              <th>{t("alerts.rulesTab.severity")}</th>
            </tr>
          </thead>
          <tbody>
            {data.map((rule) => (
              <RuleRow key={rule.id} rule={rule} onEdit={mayManage ? () => setEdited(rule) : null} />
            ))}
          </tbody>
        </table>
      </div>
      {edited ? (
        <Suspense fallback={null}>
          <RuleDialog rule={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
        </Suspense>
      ) : null}
    </Panel>
  );
}

function RuleRow({ rule, onEdit }: { rule: AlertRule; onEdit: (() => void) | null }) {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  const name = words.nameOf(rule.id, rule.name);
  return (
    <tr className={rule.enabled ? undefined : styles.isOff}>
      <td>
        {rule.enabled ? (
          <StatusWord status={rule.openCount > 0 ? "trouble" : "online"} size={14}>
            {rule.openCount > 0 ? t("rulesTab.open", { count: rule.openCount }) : t("rulesTab.calm")}
          </StatusWord>
        ) : (
          <StatusWord status="offline_gone" size={14}>
            {t("rulesTab.off")}
          </StatusWord>
        )}
      </td>
      <td className={styles.cell}>
        {onEdit ? (
          <button
            type="button"
            className={`link b ${styles.open}`}
            aria-label={t("rulesTab.edit", { name })}
            onClick={onEdit}
          >
            {name}
          </button>
        ) : (
          <span className="b">{name}</span>
        )}
        <small>
          {rule.updatedBy
            ? t("rulesTab.changed", { name: rule.updatedBy })
            : rule.isShipped
              ? t("rulesTab.shipped")
              : null}
        </small>
      </td>
      <td className={styles.condition}>
        <code className={styles.code}>{rule.text}</code>
      </td>
      <td>
        <span className={rule.severity === "page" ? "tag acc" : "tag"}>{t(`severity.${rule.severity}`)}</span>
      </td>
    </tr>
  );
}
