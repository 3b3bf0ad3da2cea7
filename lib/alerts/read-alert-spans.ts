import type { Database } from "@/lib/db/database";
import { severityOf } from "./rule-row";
import type { AlertItem } from "./schemas";

/** How long an alert was open, and what it says of itself; `until` null while it is. ISO 8601 in UTC. */
export interface AlertSpan extends Pick<AlertItem, "ruleId" | "ruleName" | "label" | "severity"> {
  alertId: string;
  from: string;
  until: string | null;
}

/** Alerts that were open at some time of a span, both ends inclusive, by when they began; the latest `most`. */
export async function readAlertSpans(
  { prisma }: Pick<Database, "prisma">,
  { from, to, most }: { from: Date; to: Date; most: number },
): Promise<AlertSpan[]> {
  const [alerts, rules] = await Promise.all([
    prisma.alert.findMany({
      where: { openedAt: { lte: to }, OR: [{ resolvedAt: null }, { resolvedAt: { gte: from } }] },
      orderBy: [{ openedAt: "desc" }, { id: "asc" }],
      take: most,
    }),
    prisma.alertRule.findMany({ select: { id: true, name: true } }),
  ]);
  const names = new Map(rules.map((rule) => [rule.id, rule.name]));
  return alerts.toReversed().map((alert) => ({
    alertId: alert.id,
    ruleId: alert.ruleId,
    ruleName: names.get(alert.ruleId) ?? null,
    label: alert.label,
    severity: severityOf(alert.severity),
    from: alert.openedAt.toISOString(),
    until: alert.resolvedAt?.toISOString() ?? null,
  }));
}
