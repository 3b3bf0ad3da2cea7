import type { Context } from "@/lib/rbac/context";
import { readableRules, severityOf } from "./rule-row";
import { factOf, type AlertItem } from "./schemas";

/** How long an alert was open, and what it says of itself; `until` null while it is. ISO 8601 in UTC. */
export interface AlertSpan extends Pick<AlertItem, "ruleId" | "ruleName" | "label" | "severity"> {
  alertId: string;
  from: string;
  until: string | null;
}

/**
 * Alerts that were open at some time of a span, both ends inclusive, by when they began; the latest `most`. Those `ofNodes` say what the
 * nodes' own figures were, which whoever may see the cluster may see as well.
 */
export async function readAlertSpans(
  { db: { prisma }, log }: Pick<Context, "db" | "log">,
  { from, to, which, most }: { from: Date; to: Date; which: "all" | "ofNodes"; most: number },
): Promise<AlertSpan[]> {
  const rules = readableRules(await prisma.alertRule.findMany(), log).filter(
    ({ condition }) => which === "all" || factOf(condition.expression.metric)?.of !== "system",
  );
  const names = new Map(rules.map((rule) => [rule.id, rule.name]));
  const alerts = await prisma.alert.findMany({
    where: {
      ruleId: { in: [...names.keys()] },
      openedAt: { lte: to },
      OR: [{ resolvedAt: null }, { resolvedAt: { gte: from } }],
    },
    orderBy: [{ openedAt: "desc" }, { id: "asc" }],
    take: most,
  });
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
