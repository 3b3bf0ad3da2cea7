import { readSeries } from "@/lib/cluster/read-series";
import { SAMPLE_SECONDS, STALE_SECONDS } from "@/lib/cluster/terms";
import type { SeriesMetric } from "@/lib/cluster/schemas";
import type { Context } from "@/lib/rbac/context";
import type { Facts } from "./read-facts";
import { readExpression, viewSeries, type Reading, type SeriesView } from "./read-expression";
import { factOf, isSeries, type Expression, type RuleCondition } from "./schemas";

type Wanted = Pick<RuleCondition, "expression" | "comparison">;

/** Windows up to this are read sample by sample; longer ones in a minute's steps, as their values move slowly. */
const FINE_WINDOW_SECONDS = 300;
const COARSE_STEP_SECONDS = 60;
/** Of readSeries. */
const MOST_METRICS = 16;

/** What each condition's expression says now, by the key the caller gave it. Costs two reads of series whatever the number of rules. */
export async function readSignals(
  ctx: Context,
  wanted: ReadonlyMap<string, Wanted>,
  facts: Facts,
): Promise<Map<string, Reading>> {
  const series = [...wanted.values()].filter(({ expression }) => isSeries(expression.metric));
  const isFine = (expression: Expression) => expression.windowSeconds <= FINE_WINDOW_SECONDS;
  const [fine, coarse] = await Promise.all([
    readLatest(
      ctx,
      series.filter(({ expression }) => isFine(expression)),
      SAMPLE_SECONDS,
    ),
    readLatest(
      ctx,
      series.filter(({ expression }) => !isFine(expression)),
      COARSE_STEP_SECONDS,
    ),
  ]);
  return new Map(
    [...wanted].map(([key, { expression, comparison }]) => {
      const fact = factOf(expression.metric);
      if (fact) return [key, new Map(Object.entries(facts[fact.name]))];
      const view = isFine(expression) ? fine : coarse;
      return [key, view ? readExpression(expression, view, { index: view.at.length - 1, comparison }) : new Map()];
    }),
  );
}

async function readLatest(ctx: Context, wanted: readonly Wanted[], stepSeconds: number): Promise<SeriesView | null> {
  if (wanted.length === 0) return null;
  const windowSeconds = Math.max(...wanted.map(({ expression }) => expression.windowSeconds));
  const seconds = windowSeconds + 2 * Math.max(stepSeconds, STALE_SECONDS);
  const to = ctx.now();
  const from = new Date(to.getTime() - seconds * 1_000);
  return readView(ctx, metricsOf(wanted), { from, to, points: Math.max(10, Math.ceil(seconds / stepSeconds)) });
}

/** The series metrics that these expressions read. */
export const metricsOf = (wanted: readonly Wanted[]): SeriesMetric[] => [
  ...new Set(
    wanted.flatMap(({ expression: { metric, of } }) => (isSeries(metric) ? [metric, ...(of ? [of] : [])] : [])),
  ),
];

/** Metrics of all nodes over a range, as expressions read them. */
export async function readView(
  ctx: Context,
  metrics: readonly SeriesMetric[],
  range: { from: Date; to: Date; points: number },
): Promise<SeriesView> {
  const chunks = Array.from({ length: Math.ceil(metrics.length / MOST_METRICS) }, (_, chunk) =>
    metrics.slice(chunk * MOST_METRICS, (chunk + 1) * MOST_METRICS),
  );
  const read = await Promise.all(chunks.map((chunk) => readSeries(ctx, { metrics: chunk, ...range })));
  const [first] = read;
  if (!first) throw new Error("No metric was asked for");
  return viewSeries({ ...first, lines: read.flatMap(({ lines }) => lines) });
}
