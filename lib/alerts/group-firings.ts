import { NODE_FACTS, type RuleCondition, type Severity } from "./schemas";

/** An open firing, as grouping sees it. */
export interface OpenFiring {
  ruleId: string;
  label: string;
  severity: Severity;
  condition: Pick<RuleCondition, "expression">;
  /** The alert it stands in already. */
  alertId: string | null;
  since: number;
}

/** An alert that is not resolved. */
export interface StandingAlert {
  id: string;
  groupKey: string;
  severity: Severity;
  ruleId: string;
}

export interface Grouping {
  /** Groups that need an alert of their own; members gravest first, never empty. */
  opens: { groupKey: string; members: [OpenFiring, ...OpenFiring[]] }[];
  joins: { alertId: string; firing: OpenFiring }[];
  /** Alerts with the gravest of their members, whether or not that changed. */
  leads: { alert: StandingAlert; lead: OpenFiring }[];
  /** Alerts without a member; absorbed: what was in it now belongs to a node's alert. */
  ends: { alert: StandingAlert; isAbsorbed: boolean }[];
  /** Symptoms of a node that is well again: they must prove themselves before they are alerts of their own. */
  released: OpenFiring[];
}

/**
 * One dead node is one alert, and so is one split, whoever sees it. While a rule says that a node itself is not well (down, not
 * responding, split), whatever else holds on that node stands inside that alert; everything else is an alert of its own rule and label.
 */
export function groupFirings(firings: readonly OpenFiring[], alerts: readonly StandingAlert[]): Grouping {
  const unwell = groupsOfUnwell(firings);
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  const byKey = new Map(alerts.map((alert) => [alert.groupKey, alert]));
  const groups = new Map<string, OpenFiring[]>();
  const released: OpenFiring[] = [];
  const absorbed = new Set<string>();

  for (const firing of firings) {
    const ofNode = unwell.get(firing.label);
    const standsIn = firing.alertId === null ? undefined : byId.get(firing.alertId);
    if (!ofNode && standsIn && !standsIn.groupKey.startsWith("rule:")) {
      released.push(firing);
      continue;
    }
    const key = ofNode ?? `rule:${firing.ruleId}:${firing.label}`;
    if (ofNode && standsIn && standsIn.groupKey !== key) absorbed.add(standsIn.id);
    groups.set(key, [...(groups.get(key) ?? []), firing]);
  }

  const grouping: Grouping = { opens: [], joins: [], leads: [], ends: [], released };
  for (const [groupKey, members] of groups) {
    const [lead, ...rest] = members.toSorted(gravestFirst);
    if (!lead) continue;
    const alert = byKey.get(groupKey);
    if (!alert) {
      grouping.opens.push({ groupKey, members: [lead, ...rest] });
      continue;
    }
    grouping.leads.push({ alert, lead });
    for (const firing of members) if (firing.alertId !== alert.id) grouping.joins.push({ alertId: alert.id, firing });
  }
  for (const alert of alerts)
    if (!groups.has(alert.groupKey)) grouping.ends.push({ alert, isAbsorbed: absorbed.has(alert.id) });
  return grouping;
}

/** By label, the group of what is wrong on a node that is not well: its own, or that of the split it only takes part in. */
function groupsOfUnwell(firings: readonly OpenFiring[]): Map<string, string> {
  const groups = new Map<string, string>();
  for (const { label, condition } of firings) {
    const { metric } = condition.expression;
    if (label === "" || !NODE_FACTS.includes(metric)) continue;
    if (metric !== "node_split") groups.set(label, `node:${label}`);
    else if (!groups.has(label)) groups.set(label, "split:");
  }
  return groups;
}

/** What the node itself suffers from before its symptoms (down before silent before split), then pages, then the oldest. */
export function gravestFirst(a: OpenFiring, b: OpenFiring): number {
  return rankOf(a) - rankOf(b) || Number(b.severity === "page") - Number(a.severity === "page") || a.since - b.since;
}

const rankOf = ({ condition }: OpenFiring): number => {
  const rank = NODE_FACTS.indexOf(condition.expression.metric);
  return rank === -1 ? NODE_FACTS.length : rank;
};
