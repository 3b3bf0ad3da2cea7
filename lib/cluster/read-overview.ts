import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { sourceOf } from "@/lib/broker/vernemq-series";
import type { Context } from "@/lib/rbac/context";
import { listNodes } from "./list-nodes";
import { queryBins, type NodeBins } from "./query-bins";
import { assemble, findNodes } from "./read-series";
import { STALE_SECONDS } from "./terms";
import type { ClusterNode, Figure, FigureKey, NodeList, Overview, SeriesMetric } from "./schemas";
import type { SeriesLevel } from "./series-levels";
import { sumKnown, sumRises, sumValues } from "./sum-bins";
import { usualRange } from "./usual-range";

const MINUTES = 60;

const FIGURES: readonly { key: FigureKey; metric: SeriesMetric; unit: Figure["unit"] }[] = [
  { key: "connects", metric: "connects_received", unit: "perMinute" },
  { key: "messagesIn", metric: "publishes_received", unit: "perSecond" },
  { key: "messagesOut", metric: "publishes_sent", unit: "perSecond" },
  { key: "dropped", metric: "queue_dropped", unit: "inLastHour" },
  { key: "refused", metric: "connects_refused", unit: "perMinute" },
  { key: "hookErrors", metric: "hook_presence_errors", unit: "inLastHour" },
];

/**
 * What on-call looks at first: the nodes, the clients on them, and the rates of the last minute beside those of the last hour.
 * "The last" is up to the latest sample, whose time is in `sampledAt`: when the watch has stopped, the figures are of then.
 */
export const readOverview = readVerb({
  permission: "cluster.read",
  input: z.object({}),
  work: async (ctx): Promise<Overview> => {
    const list = await listNodes(ctx, {});
    const sampledMs = Math.max(...list.nodes.map((node) => Date.parse(node.sample?.at ?? "")).filter(Number.isFinite));
    const sampledAt = Number.isFinite(sampledMs) ? new Date(sampledMs) : null;
    return overviewOf(ctx, { list, sampledAt });
  },
});

/** The overview of nodes whose latest sample is of `sampledAt`, with the sixty minutes that end with it (or with `list.at`). */
export async function overviewOf(
  ctx: Context,
  { list, sampledAt, level }: { list: NodeList; sampledAt: Date | null; level?: SeriesLevel },
): Promise<Overview> {
  const minutes = await readMinutes(ctx, sampledAt ?? new Date(list.at), level);
  return {
    ...list,
    sampledAt: sampledAt?.toISOString() ?? null,
    clients: clientsOf(list, sampledAt, minutes),
    figures: FIGURES.map((figure, place) => figureOf(figure, minutes, place)),
  };
}

interface Minutes {
  /** Beginnings of sixty minutes, the last of which ends with the latest sample. */
  at: number[];
  nodes: Awaited<ReturnType<typeof findNodes>>;
  /** Of those nodes in their order, with the metrics of FIGURES in theirs, then connections. */
  bins: NodeBins[];
}

async function readMinutes(ctx: Context, last: Date, level?: SeriesLevel): Promise<Minutes> {
  const to = new Date(last.getTime() + 1);
  const from = new Date(to.getTime() - MINUTES * 60_000);
  const nodes = await findNodes(ctx.db.pool, undefined);
  const bins = await queryBins(ctx.db.pool, {
    metrics: [...FIGURES.map((figure) => figure.metric), "connections"],
    nodeIds: nodes.map((node) => node.nodeId),
    from,
    to,
    stepSeconds: 60,
    ...(level ? { level } : {}),
  });
  return { at: Array.from({ length: MINUTES }, (_, minute) => from.getTime() + minute * 60_000), nodes, bins };
}

function figureOf(figure: (typeof FIGURES)[number], minutes: Minutes, place: number): Figure {
  const { key, unit } = figure;
  const source = sourceOf(figure.metric);
  if (unit === "inLastHour") {
    const rises = sumRises(minutes.at, minutes.bins, place);
    const known = rises.filter((rise) => rise !== null);
    const value = known.length === 0 ? null : known.reduce((sum, rise) => sum + rise, 0);
    return { key, unit, source, value, usual: null, minutes: rises };
  }
  const factor = unit === "perMinute" ? 60 : 1;
  const rates = sumValues(minutes.at, minutes.bins, place).map((rate) => rate && rate * factor);
  return { key, unit, source, value: rates.at(-1) ?? null, usual: usualRange(rates.slice(0, -1)), minutes: rates };
}

function clientsOf(list: NodeList, sampledAt: Date | null, minutes: Minutes): Overview["clients"] {
  const place = FIGURES.length;
  const nodes = minutes.nodes.filter((node) => node.role === "subscriber");
  const bins = minutes.bins.filter((bin) => nodes.some((node) => node.nodeId === bin.nodeId));
  const total = sumValues(minutes.at, bins, place);
  const { gaps } = assemble({ at: minutes.at, stepSeconds: 60, bins, nodes, metrics: [] });
  const counted = list.nodes.filter((node) => node.role === "subscriber");
  const present = counted.filter((node) => isPresent(node, sampledAt));
  const lost = counted.filter((node) => !present.includes(node));
  const online = sumKnown(present.map((node) => node.sample?.connections ?? null));
  const hourAgo = gaps.some((gap) => gap.from === minutes.at[0]) ? null : (total[0] ?? null);
  return {
    online,
    unknown: sumKnown(lost.map((node) => node.sample?.connections ?? null)) ?? 0,
    queued: sumKnown(present.map((node) => offlineSessions(node))),
    changeInHour: online === null || hourAgo === null ? null : Math.round(online - hourAgo),
    history: { at: minutes.at, total, gaps },
    source: sourceOf("connections"),
  };
}

/** Up, and heard in the latest tick or two. While nothing is watched, the latest sample is the present we show, with its age. */
function isPresent(node: ClusterNode, sampledAt: Date | null): boolean {
  if (!node.sample || !sampledAt || (node.state !== "up" && node.evidence !== "watch_paused")) return false;
  return sampledAt.getTime() - Date.parse(node.sample.at) <= STALE_SECONDS * 1000;
}

/** Sessions are connected ones and waiting persistent ones; the two counts may be a moment apart. */
function offlineSessions({ sample }: ClusterNode): number | null {
  if (!sample || sample.sessions === null || sample.connections === null) return null;
  return Math.max(0, sample.sessions - sample.connections);
}
