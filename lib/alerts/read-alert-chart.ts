import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { readFactHistory } from "./fact-history";
import { readExpression } from "./read-expression";
import { metricsOf, readView } from "./read-signals";
import { conditionOf } from "./rule-row";
import { factOf, NODE_FACTS, unitOf, type AlertChart, type RuleCondition } from "./schemas";

const MINUTE_MS = 60_000;
const BEFORE_MS = 30 * MINUTE_MS;
const AFTER_MS = 15 * MINUTE_MS;
/** A longer alert is shown from its beginning on. */
const MOST_MS = 3 * 3_600_000;
const POINTS = 180;
const CONNECTIONS: Pick<RuleCondition, "expression" | "comparison"> = {
  expression: { metric: "connections", fn: "value", windowSeconds: 60, per: "node", nodes: "all", least: 0 },
  comparison: "atLeast",
};

/**
 * What an alert's rule saw from half an hour before it opened to a quarter of an hour after it ended, or now; three hours at most.
 * Of an alert of a node only that node. Throws NOT_FOUND.
 */
export const readAlertChart = readVerb({
  permission: "alerts.read",
  input: z.object({ alertId: z.uuid() }),
  work: async (ctx, { alertId }): Promise<AlertChart> => {
    const alert = await ctx.db.prisma.alert.findUnique({ where: { id: alertId } });
    const rule = alert && (await ctx.db.prisma.alertRule.findUnique({ where: { id: alert.ruleId } }));
    if (!alert || !rule) throw new AppError("NOT_FOUND", "The alert, or its rule, is not there any more.");
    const condition = conditionOf(rule);
    const first = Math.floor((alert.openedAt.getTime() - BEFORE_MS) / MINUTE_MS) * MINUTE_MS;
    const ends = (alert.resolvedAt?.getTime() ?? Number.POSITIVE_INFINITY) + AFTER_MS;
    const to = new Date(Math.min(ends, ctx.now().getTime(), first + MOST_MS));
    const isOfNode = NODE_FACTS.includes(condition.expression.metric);
    const { at, values } = await readLines(ctx, isOfNode ? CONNECTIONS : condition, { from: new Date(first), to });
    const lines = [...values].map(([label, line]) => ({ label, values: line }));
    return {
      from: first,
      to: to.getTime(),
      at,
      lines: alert.label === "" ? lines : lines.filter(({ label }) => label === alert.label),
      what: isOfNode ? "connections" : "rule",
      threshold: isOfNode ? null : condition.threshold,
      clearThreshold: isOfNode ? null : condition.clearThreshold,
      unit: isOfNode ? "count" : unitOf(condition.expression),
      openedAt: alert.openedAt.toISOString(),
      resolvedAt: alert.resolvedAt?.toISOString() ?? null,
    };
  },
});

async function readLines(
  ctx: Parameters<typeof readView>[0],
  { expression, comparison }: Pick<RuleCondition, "expression" | "comparison">,
  { from, to }: { from: Date; to: Date },
): Promise<{ at: number[]; values: Map<string, (number | null)[]> }> {
  const fact = factOf(expression.metric);
  if (fact) return readFactHistory(ctx.db.pool, { metric: fact.name, from, to });
  const backMs = expression.windowSeconds * 1_000;
  const begins = new Date(from.getTime() - backMs);
  const points = Math.ceil((POINTS * (to.getTime() - begins.getTime())) / (to.getTime() - from.getTime()));
  const view = await readView(ctx, metricsOf([{ expression, comparison }]), { from: begins, to, points });
  const shown = view.at.flatMap((at, index) => (at >= from.getTime() ? [{ at, index }] : []));
  const values = new Map<string, (number | null)[]>();
  shown.forEach(({ index }, place) => {
    for (const [label, value] of readExpression(expression, view, { index, comparison })) {
      const line = values.get(label) ?? shown.map((): number | null => null);
      line[place] = value;
      values.set(label, line);
    }
  });
  return { at: shown.map(({ at }) => at), values };
}
