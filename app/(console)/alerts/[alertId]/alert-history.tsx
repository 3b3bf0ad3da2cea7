"use client";
import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import { type AlertChange, type Resolution, type Unit } from "@/lib/alerts/schemas";
import styles from "../alerts.module.css";
import { useAlertWords } from "../use-alert-words";

const isResolution = (word: string | null): word is Resolution =>
  word === "cleared" || word === "by_operator" || word === "rule_changed" || word === "absorbed";

/** What happened to the alert, who did it, oldest first. */
export function AlertHistory({ changes, unit }: { changes: readonly AlertChange[]; unit: Unit | null }) {
  const format = useFormat();
  const words = useAlertWords();
  const say = useSay();
  return (
    <ol className={styles.events}>
      {changes.map((change) => (
        <li key={change.id}>
          <time dateTime={change.at} title={format.exact(change.at)}>
            {words.clock(change.at)}
          </time>
          <span>
            {say(change, unit)}
            {change.note && !isResolution(change.note) ? <small>“{change.note}”</small> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}

function useSay() {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  return (change: AlertChange, unit: Unit | null): string => {
    const rule = change.ruleId ? words.nameOf(change.ruleId, change.ruleName) : "";
    const name = change.actorName ?? "";
    switch (change.kind) {
      case "opened":
        return change.value !== null && unit !== null && unit !== "truth"
          ? t("change.openedValue", { rule, value: words.value(change.value, unit) })
          : t("change.opened", { rule });
      case "snoozed":
        return t("change.snoozed", { name, until: change.until ? words.clock(change.until) : "" });
      case "resolved":
        return change.actorName
          ? t("change.resolvedBy", { name })
          : t("change.resolved", { why: isResolution(change.note) ? t(`resolution.${change.note}`) : "" });
      case "joined":
      case "cleared":
        return t(`change.${change.kind}`, { rule });
      case "acknowledged":
        return t("change.acknowledged", { name });
      case "worsened":
      case "snooze_ended":
        return t(`change.${change.kind}`);
    }
  };
}
