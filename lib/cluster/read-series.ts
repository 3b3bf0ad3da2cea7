import { readVerb } from "@/lib/audit/verb";
import { sourceOf } from "@/lib/broker/vernemq-series";
import { findGaps } from "./find-gaps";
import { queryBins, stepFor, type Bin } from "./query-bins";
import { readSeriesInput, type NodeRole, type Series, type SeriesLine, type SeriesMetric } from "./schemas";

export interface SeriesNode {
  nodeId: number;
  name: string;
  role: NodeRole;
}

const MOST_NODES = 64;

/**
 * Metrics of nodes over a range, as many bins as the reader has room for. Bins are aligned to the clock, so that asking again
 * a moment later moves none of them. A bin that is not over yet and has no sample yet is left out.
 */
export const readSeries = readVerb({
  permission: "cluster.read",
  input: readSeriesInput,
  work: async (ctx, input): Promise<Series> => {
    const nodes = await findNodes(ctx.db.pool, input.nodes);
    const stepSeconds = stepFor((input.to.getTime() - input.from.getTime()) / 1000, input.points);
    const from = floorTo(input.from, stepSeconds);
    const bins = await queryBins(ctx.db.pool, {
      metrics: input.metrics,
      nodeIds: nodes.map((node) => node.nodeId),
      from,
      to: input.to,
      stepSeconds,
      origin: new Date(0),
    });
    const at = binTimes({ from, to: input.to, now: ctx.now(), stepSeconds, bins });
    const sources = Object.fromEntries(input.metrics.map((metric) => [metric, sourceOf(metric)]));
    return { stepSeconds, sources, ...assemble({ at, stepSeconds, bins, nodes, metrics: input.metrics }) };
  },
});

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
function binTimes(range: { from: Date; to: Date; now: Date; stepSeconds: number; bins: readonly Bin[] }): number[] {
  const stepMs = range.stepSeconds * 1000;
  const endMs = Math.min(range.to.getTime(), range.now.getTime());
  const count = Math.max(0, Math.ceil((endMs - range.from.getTime()) / stepMs));
  const at = Array.from({ length: count }, (_, index) => range.from.getTime() + index * stepMs);
  const last = at.at(-1) ?? 0;
  const hasSpoken = range.bins.at(-1)?.at.getTime() === last;
  return hasSpoken || last + stepMs <= range.now.getTime() ? at : at.slice(0, -1);
}

/** Bins (only of `nodes`, ordered by time) as lines with a value or null for every time, and the stretches without samples. */
export function assemble(parts: {
  at: number[];
  stepSeconds: number;
  bins: readonly Bin[];
  nodes: readonly SeriesNode[];
  metrics: readonly SeriesMetric[];
}): Pick<Series, "at" | "nodes" | "lines" | "gaps"> {
  const { at, nodes, metrics } = parts;
  const indexOf = new Map(at.map((time, index) => [time, index]));
  const binsOf = new Map(nodes.map((node) => [node.nodeId, at.map((): Bin | null => null)]));
  for (const bin of parts.bins) {
    const index = indexOf.get(bin.at.getTime());
    const own = binsOf.get(bin.nodeId);
    if (index !== undefined && own) own[index] = bin;
  }
  const lines = metrics.flatMap((metric, place) =>
    nodes.map((node): SeriesLine => ({
      metric,
      node: node.name,
      values: (binsOf.get(node.nodeId) ?? []).map((bin) => bin?.values[place] ?? null),
    })),
  );
  const spoke = nodes.map((node) => ({
    node: node.name,
    spoke: (binsOf.get(node.nodeId) ?? []).map((bin) => bin !== null),
  }));
  return {
    at,
    nodes: nodes.map(({ nodeId, name, role }) => ({
      name,
      role,
      samples: (binsOf.get(nodeId) ?? []).map((bin) => bin?.samples ?? 0),
    })),
    lines,
    gaps: findGaps(at, parts.stepSeconds * 1000, spoke),
  };
}
