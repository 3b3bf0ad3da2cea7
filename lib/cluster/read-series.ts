import { readVerb } from "@/lib/audit/verb";
import { sourceOf } from "@/lib/broker/vernemq-series";
import type { Context } from "@/lib/rbac/context";
import { findGaps } from "./find-gaps";
import { askPrometheusFor, prometheusHistory } from "./prometheus-history";
import { countBins, queryBins, type NodeBins } from "./query-bins";
import {
  COMPARISONS,
  readSeriesInput,
  type NodeRole,
  type Series,
  type SeriesHistory,
  type SeriesLine,
  type SeriesMetric,
} from "./schemas";
import { planSeries, readLevels, type KeptLevel, type SeriesLevel } from "./series-levels";

export interface SeriesNode {
  nodeId: number;
  name: string;
  role: NodeRole;
}

const MOST_NODES = 64;

/**
 * Metrics of nodes over a range, as many bins as the reader has room for, from the level of memory that fits. Bins are aligned
 * to the clock, so that asking again a moment later moves none of them. A bin that is not over yet and has no sample yet is
 * left out. With a Prometheus as history, what it is configured for is read from it; UNAVAILABLE when it does not answer.
 */
export const readSeries = readVerb({
  permission: "cluster.read",
  input: readSeriesInput,
  work: async (ctx, input): Promise<Series> => {
    const [nodes, levels] = await Promise.all([findNodes(ctx.db.pool, input.nodes), readLevels(ctx.db.pool)]);
    const now = ctx.now();
    const { points, metrics, detail } = input;
    const shiftSeconds = input.compare ? COMPARISONS[input.compare] : 0;
    // Both ranges have to be read at one step, or their bins would not stand side by side.
    const plan = planSeries(levels, {
      from: earlier(input.from, shiftSeconds),
      to: earlier(input.to, shiftSeconds),
      now,
      points,
    });
    const { stepSeconds } = plan;
    const range = { from: floorTo(input.from, stepSeconds), to: input.to };
    const read = { nodes, levels, metrics, detail, stepSeconds, level: plan.level };
    const present = await readBins(ctx, { ...read, ...range });
    const at = binTimes({ ...range, now, stepSeconds, bins: present.bins });
    const past = input.compare
      ? await readBins(ctx, { ...read, from: earlier(range.from, shiftSeconds), to: earlier(range.to, shiftSeconds) })
      : null;
    const assembled = (bins: readonly NodeBins[]) => assemble({ at, stepSeconds, bins, nodes, metrics });
    const then = past && assembled(past.bins);
    return {
      stepSeconds,
      sources: Object.fromEntries(metrics.map((metric) => [metric, sourceOf(metric)])),
      ...assembled(present.bins),
      history: present.history,
      comparison:
        input.compare && then ? { with: input.compare, shiftSeconds, lines: then.lines, gaps: then.gaps } : null,
    };
  },
});

const earlier = (date: Date, seconds: number): Date => new Date(date.getTime() - seconds * 1000);

interface BinsRequest {
  nodes: readonly SeriesNode[];
  levels: readonly KeptLevel[];
  level: SeriesLevel;
  metrics: readonly SeriesMetric[];
  from: Date;
  to: Date;
  stepSeconds: number;
  detail: "average" | "extremes";
}

/** The bins of a range, and who remembered them. */
async function readBins(ctx: Context, request: BinsRequest): Promise<{ bins: NodeBins[]; history: SeriesHistory }> {
  const now = ctx.now();
  const prometheus = prometheusHistory();
  const reachSeconds = Math.max(0, ...request.levels.map((level) => level.keepSeconds));
  const isBeyond = now.getTime() - request.from.getTime() > reachSeconds * 1000;
  if (prometheus && (prometheus.ranges === "all" || isBeyond))
    return { bins: await askPrometheusFor(ctx, prometheus, request), history: { kind: "prometheus" } };
  const { level } = request;
  const kept = request.levels.find((each) => each.stepSeconds === level.stepSeconds)?.keepSeconds ?? 0;
  const bins = await queryBins(ctx.db.pool, {
    metrics: request.metrics,
    nodeIds: request.nodes.map((node) => node.nodeId),
    from: request.from,
    to: request.to,
    stepSeconds: request.stepSeconds,
    level,
    ...(request.detail === "extremes" ? { extremes: "with_extremes" } : {}),
  });
  const keptFrom = earlier(now, kept).toISOString();
  return { bins, history: { kind: "own", stepSeconds: level.stepSeconds, keptFrom } };
}

/** The nodes with these names, or all that are configured; subscriber nodes first, by name, at most 64. */
export async function findNodes(
  pool: { query: <R extends object>(text: string, values: unknown[]) => Promise<{ rows: R[] }> },
  names: readonly string[] | undefined,
): Promise<SeriesNode[]> {
  const { rows } = await pool.query<SeriesNode>(
    `select node_id as "nodeId", name, role from broker_nodes
     where ($1::text[] is null or name = any($1)) and ($1::text[] is not null or evidence <> 'not_configured')
     order by role desc, name limit ${MOST_NODES}`,
    [names ?? null],
  );
  return rows;
}

const floorTo = (date: Date, stepSeconds: number): Date =>
  new Date(Math.floor(date.getTime() / (stepSeconds * 1000)) * stepSeconds * 1000);

/** Beginnings of the bins up to `to` and now; without the last one when it is not over and nobody has spoken in it yet. */
function binTimes(range: {
  from: Date;
  to: Date;
  now: Date;
  stepSeconds: number;
  bins: readonly NodeBins[];
}): number[] {
  const { from, now, stepSeconds } = range;
  const stepMs = stepSeconds * 1000;
  const to = range.to < now ? range.to : now;
  const at = Array.from({ length: countBins({ from, to, stepSeconds }) }, (_, bin) => from.getTime() + bin * stepMs);
  const last = at.length - 1;
  const hasSpoken = range.bins.some((node) => (node.samples[last] ?? 0) > 0);
  return hasSpoken || (at[last] ?? 0) + stepMs <= now.getTime() ? at : at.slice(0, -1);
}

/** Bins of `nodes`, in their order, as lines with a value or null for every time of `at`, and the stretches without samples. */
export function assemble(parts: {
  at: number[];
  stepSeconds: number;
  bins: readonly NodeBins[];
  nodes: readonly SeriesNode[];
  metrics: readonly SeriesMetric[];
}): Pick<Series, "at" | "nodes" | "lines" | "gaps"> {
  const { at, nodes, bins, metrics } = parts;
  const cut = <T>(line: readonly T[] | undefined): T[] => (line ?? []).slice(0, at.length);
  const lines = metrics.flatMap((metric, place) =>
    nodes.map((node, index): SeriesLine => {
      const own = bins[index];
      const extremes = own && own.lows.length > 0 ? { lows: cut(own.lows[place]), highs: cut(own.highs[place]) } : {};
      return { metric, node: node.name, values: cut(own?.values[place]), ...extremes };
    }),
  );
  const samples = nodes.map((_, index) => cut(bins[index]?.samples));
  const spoke = nodes.map((node, index) => ({
    node: node.name,
    spoke: (samples[index] ?? []).map((count) => count > 0),
  }));
  return {
    at,
    nodes: nodes.map(({ name, role }, index) => ({ name, role, samples: samples[index] ?? [] })),
    lines,
    gaps: findGaps(at, parts.stepSeconds * 1000, spoke),
  };
}
