import {
  functionsOf,
  isSeries,
  ruleConditionSchema,
  type AlertFunction,
  type AlertMetric,
  type AlertRule,
  type RuleCondition,
  type Severity,
} from "@/lib/alerts/schemas";

/** A rule as it is being written: numbers are still text. */
export interface RuleDraft {
  name: string;
  runbook: string;
  severity: Severity;
  enabled: boolean;
  metric: AlertMetric;
  fn: AlertFunction;
  of: AlertMetric;
  windowSeconds: string;
  per: "node" | "sum" | "max";
  nodes: "all" | "subscriber" | "publisher";
  least: string;
  comparison: RuleCondition["comparison"];
  threshold: string;
  clearThreshold: string;
  forSeconds: string;
  clearForSeconds: string;
}

const BLANK: RuleDraft = {
  name: "",
  runbook: "",
  severity: "warn",
  enabled: true,
  metric: "connections",
  fn: "value",
  of: "connects_received",
  windowSeconds: "60",
  per: "node",
  nodes: "all",
  least: "0",
  comparison: "atLeast",
  threshold: "",
  clearThreshold: "",
  forSeconds: "60",
  clearForSeconds: "60",
};

export function draftOf(rule: AlertRule | null, words: { name: string; runbook: string }): RuleDraft {
  if (!rule) return BLANK;
  const { expression, ...condition } = rule.condition;
  return {
    ...words,
    severity: rule.severity,
    enabled: rule.enabled,
    metric: expression.metric,
    fn: expression.fn,
    of: expression.of ?? BLANK.of,
    windowSeconds: String(expression.windowSeconds),
    per: expression.per,
    nodes: expression.nodes,
    least: String(expression.least),
    comparison: condition.comparison,
    threshold: String(condition.threshold),
    clearThreshold: String(condition.clearThreshold),
    forSeconds: String(condition.forSeconds),
    clearForSeconds: String(condition.clearForSeconds),
  };
}

/** The draft with another metric, and a function that it has. */
export function withMetric(draft: RuleDraft, metric: AlertMetric): RuleDraft {
  const functions = functionsOf(metric);
  const fn = functions.includes(draft.fn) ? draft.fn : (functions[0] ?? "value");
  return { ...draft, metric, fn };
}

/** What the function reads beside the metric. */
export const readsWindow = (fn: AlertFunction): boolean => fn !== "value" && fn !== "spread";
export const readsLeast = (fn: AlertFunction): boolean => fn === "drop" || fn === "ratio" || fn === "spread";

/** The condition, or the fields that keep it from being one. */
export function conditionOf(draft: RuleDraft): { condition: RuleCondition } | { faults: ReadonlySet<string> } {
  const parsed = ruleConditionSchema.safeParse({
    expression: {
      metric: draft.metric,
      fn: draft.fn,
      ...(draft.fn === "ratio" ? { of: draft.of } : {}),
      windowSeconds: readsWindow(draft.fn) ? numberOf(draft.windowSeconds) : 60,
      per: draft.fn === "spread" || !isSeries(draft.metric) ? "node" : draft.per,
      nodes: isSeries(draft.metric) ? draft.nodes : "all",
      least: readsLeast(draft.fn) ? numberOf(draft.least) : 0,
    },
    comparison: draft.comparison,
    threshold: numberOf(draft.threshold),
    clearThreshold: numberOf(draft.clearThreshold),
    forSeconds: numberOf(draft.forSeconds),
    clearForSeconds: numberOf(draft.clearForSeconds),
  });
  return parsed.success
    ? { condition: parsed.data }
    : { faults: new Set(parsed.error.issues.map((issue) => String(issue.path.at(-1) ?? ""))) };
}

/** Of what a person typed; NaN for nothing. */
export const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text.replace(",", ".")));
