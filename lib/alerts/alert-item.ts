import type { Prisma } from "@/lib/db/generated/client";
import { expressionText } from "./expression-text";
import { gravestFirst } from "./group-firings";
import { asRule, severityOf } from "./rule-row";
import { ALERT_STATUSES, RESOLUTIONS, unitOf, type AlertItem, type Firing } from "./schemas";
import { firingState } from "./state-machine";

/** What is read of an alert to show it. */
export const ALERT_PARTS = { firings: { include: { rule: true } } } as const satisfies Prisma.AlertInclude;
type AlertRow = Prisma.AlertGetPayload<{ include: typeof ALERT_PARTS }>;

export const asItem = (row: AlertRow, ruleNames: ReadonlyMap<string, string | null>): AlertItem => ({
  id: row.id,
  ruleId: row.ruleId,
  ruleName: ruleNames.get(row.ruleId) ?? null,
  label: row.label,
  severity: severityOf(row.severity),
  status: ALERT_STATUSES.find((status) => status === row.status) ?? "open",
  openedAt: row.openedAt.toISOString(),
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
  resolution: RESOLUTIONS.find((resolution) => resolution === row.resolution) ?? null,
  ownerName: row.ownerName,
  note: row.note,
  snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
  isFlapping: row.flapping,
  firings: firingsOf(row),
});

function firingsOf(row: AlertRow): Firing[] {
  const read = row.firings.map(({ rule: ruleRow, label, state: stored }) => {
    const rule = asRule(ruleRow);
    const state = firingState.parse(stored);
    const rank = { ruleId: rule.id, label, severity: rule.severity, condition: rule.condition, alertId: row.id };
    return { rank: { ...rank, since: state.since }, rule, label, state };
  });
  return read
    .toSorted((a, b) => gravestFirst(a.rank, b.rank))
    .map(({ rule, label, state }) => ({
      ruleId: rule.id,
      ruleName: rule.name,
      label,
      since: new Date(state.since).toISOString(),
      value: state.value,
      noDataSince: state.noDataSince === null ? null : new Date(state.noDataSince).toISOString(),
      threshold: rule.condition.threshold,
      comparison: rule.condition.comparison,
      unit: unitOf(rule.condition.expression),
      text: expressionText(rule.condition.expression),
    }));
}
