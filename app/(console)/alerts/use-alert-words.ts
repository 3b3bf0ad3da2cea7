"use client";
import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { AlertItem, Firing, Unit } from "@/lib/alerts/schemas";
import { ShippedRuleKeys, type ShippedRuleKey } from "./shipped-rules";

/** Names, sentences and values of alerts in the reader's language: the shipped words, or those an operator wrote. */
export function useAlertWords() {
  const t = useTranslations("alerts");
  const format = useFormat();
  const isShipped = (id: string): id is ShippedRuleKey => ShippedRuleKeys.has(id);
  const nameOf = (ruleId: string, name: string | null): string =>
    name ?? (isShipped(ruleId) ? t(`rules.${ruleId}.name`) : ruleId);
  const value = (amount: number, unit: Unit): string => {
    const figure = format.count(amount, Math.abs(amount) < 10 && !Number.isInteger(amount) ? 1 : 0);
    if (unit === "truth") return t(amount >= 1 ? "units.yes" : "units.no");
    if (unit === "bytes") return format.bytes(amount);
    return unit === "count" ? figure : t(`units.${unit}`, { value: figure });
  };
  return {
    nameOf,
    runbookOf: (ruleId: string, runbook: string | null): string =>
      runbook ?? (isShipped(ruleId) ? t(`rules.${ruleId}.runbook`) : ""),
    /** "sub-2 is down" */
    says: ({ ruleId, ruleName, label }: Pick<AlertItem, "ruleId" | "ruleName" | "label">): string => {
      if (ruleName === null && isShipped(ruleId)) return t(`rules.${ruleId}.says`, { node: label });
      return label ? `${label}: ${nameOf(ruleId, ruleName)}` : nameOf(ruleId, ruleName);
    },
    value,
    /** "says 23 %, limit 10 %"; "no data since 09:12"; nothing for what is only so or not. */
    now: ({ value: amount, noDataSince, threshold, unit }: Firing): string | null => {
      if (noDataSince) return t("row.noData", { clock: format.clock(noDataSince) });
      if (amount === null || unit === "truth") return null;
      return t("row.says", { value: value(amount, unit), limit: value(threshold, unit) });
    },
    /** The time of day; with its day when that is not today. */
    clock: (at: string): string => {
      const isToday = format.shortDay(at) === format.shortDay(Date.now());
      return isToday ? format.clock(at) : `${format.shortDay(at)}, ${format.clock(at, "minute")}`;
    },
  };
}
