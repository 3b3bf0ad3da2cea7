import { factOf, unitOf, type Expression, type RuleCondition } from "./schemas";
import { valueText } from "./value-text";

/** A rule's expression in one line a person reads: `drop_percent(sum(connections[1m])) of subscriber nodes`. */
export function expressionText(expression: Expression): string {
  if (factOf(expression.metric)) return expression.metric;
  const range =
    expression.fn === "value" || expression.fn === "spread" ? "" : `[${duration(expression.windowSeconds)}]`;
  const of = expression.fn === "ratio" ? ` / ${expression.of}${range}` : "";
  const series = `${expression.metric}${range}${of}`;
  const least = expression.least > 0 ? `, least ${expression.least}` : "";
  const nodes = expression.nodes === "all" ? "" : ` of ${expression.nodes} nodes`;
  return `${aggregated(expression, `${NAMES[expression.fn]}${series}${least}`)}${nodes}`;
}

/** The whole condition: `… >= 10 % for 30s, until <= 3 % for 1m`. */
export const conditionText = (rule: RuleCondition): string => {
  const [is, calm] = rule.comparison === "atLeast" ? [">=", "<="] : ["<=", ">="];
  const held = rule.forSeconds > 0 ? ` for ${duration(rule.forSeconds)}` : "";
  const cleared = rule.clearForSeconds > 0 ? ` for ${duration(rule.clearForSeconds)}` : "";
  const unit = unitOf(rule.expression);
  const [threshold, clear] = [valueText(rule.threshold, unit), valueText(rule.clearThreshold, unit)];
  return `${expressionText(rule.expression)} ${is} ${threshold}${held}, until ${calm} ${clear}${cleared}`;
};

const NAMES = {
  value: "",
  rate: "rate(",
  increase: "increase(",
  drop: "drop_percent(",
  ratio: "percent(",
  spread: "spread_percent(",
} as const satisfies Record<Expression["fn"], string>;

function aggregated({ fn, per }: Expression, opened: string): string {
  const closed = NAMES[fn] === "" ? opened : `${opened})`;
  return per === "node" ? `${closed} by node` : `${per}(${closed})`;
}

const duration = (seconds: number): string => {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
};
