import { z } from "zod";
import { askPrometheus, type PrometheusAddress, type PromSeries } from "@/lib/broker/ask-prometheus";
import { promqlOf, promqlOfSamples, type PromFigure } from "@/lib/broker/vernemq-promql";
import { readEnv } from "@/lib/env/read-env";
import type { Context } from "@/lib/rbac/context";
import { countBins, type Line, type NodeBins } from "./query-bins";
import { kindOf, type SeriesMetric } from "./schemas";

const historyEnv = z.object({
  /** A Prometheus that scrapes the broker's nodes, as the history of the charts. */
  PROMETHEUS_URL: z.url().optional(),
  PROMETHEUS_TOKEN: z.string().optional(),
  /** `beyond`: ranges that begin before what we keep ourselves; `all`: every chart. */
  PROMETHEUS_RANGES: z.enum(["beyond", "all"]).default("beyond"),
  /** The label that names a node: VerneMQ's own, or one given by the scrape configuration that holds our name of it. */
  PROMETHEUS_NODE_LABEL: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .default("node"),
  /** Seconds between two scrapes of a node: a rate needs several. */
  PROMETHEUS_SCRAPE_SECONDS: z.coerce.number().int().min(1).max(600).default(15),
});

export interface PrometheusHistory extends PrometheusAddress {
  ranges: "beyond" | "all";
  nodeLabel: string;
  scrapeSeconds: number;
}

/** The configured Prometheus, for verbs, which any process may call; null without one. */
export function prometheusHistory(): PrometheusHistory | null {
  if (!process.env.PROMETHEUS_URL) return null;
  const env = readEnv(historyEnv);
  if (!env.PROMETHEUS_URL) return null;
  return {
    url: env.PROMETHEUS_URL,
    token: env.PROMETHEUS_TOKEN,
    ranges: env.PROMETHEUS_RANGES,
    nodeLabel: env.PROMETHEUS_NODE_LABEL,
    scrapeSeconds: env.PROMETHEUS_SCRAPE_SECONDS,
  };
}

interface HistoryRequest {
  nodes: readonly { nodeId: number; name: string }[];
  metrics: readonly SeriesMetric[];
  from: Date;
  to: Date;
  stepSeconds: number;
  detail: "average" | "extremes";
}

/**
 * The bins of a range as `queryBins` gives them, read from a Prometheus. A node is the one whose own name, as we have seen it,
 * or whose name with us the node label holds. Counters have no extremes here.
 */
export async function askPrometheusFor(
  ctx: Context,
  prometheus: PrometheusHistory,
  request: HistoryRequest,
): Promise<NodeBins[]> {
  const nodeIdOf = await nodeIdsByLabel(ctx, request.nodes);
  // A rate over fewer than four scrapes is mostly noise, and over fewer than two nothing.
  const windowSeconds = Math.max(request.stepSeconds, 4 * prometheus.scrapeSeconds);
  const of = { windowSeconds, nodeLabel: prometheus.nodeLabel };
  const stepMs = request.stepSeconds * 1000;
  const ask = (query: string | null): Promise<PromSeries[]> =>
    query === null
      ? Promise.resolve([])
      : // A value stands at the end of its window, a bin at its beginning.
        askPrometheus(prometheus, {
          query,
          from: new Date(request.from.getTime() + stepMs),
          to: new Date(Math.min(request.to.getTime(), ctx.now().getTime()) + stepMs - 1),
          stepSeconds: request.stepSeconds,
        });
  const figure = (name: PromFigure): Promise<PromSeries[][]> =>
    Promise.all(request.metrics.map((metric) => ask(promqlOf(metric, { ...of, figure: name }))));
  const isExtreme = request.detail === "extremes";
  const [samples, averages, lows, highs] = await Promise.all([
    ask(promqlOfSamples(of)),
    figure("average"),
    isExtreme ? figure("low") : [],
    isExtreme ? figure("high") : [],
  ]);
  const look = (series: readonly PromSeries[]) => lookUp(series, prometheus.nodeLabel, nodeIdOf, stepMs);
  const counts = look(samples);
  const figures = { averages: averages.map(look), lows: lows.map(look), highs: highs.map(look) };
  const at = Array.from({ length: countBins(request) }, (_, bin) => request.from.getTime() + bin * stepMs);
  return request.nodes.map(({ nodeId }): NodeBins => {
    // A value may come from samples before its bin: one without a sample in its window is nobody's.
    const spoke = at.map((time) => counts.get(nodeId)?.get(time) ?? null);
    const lines = (all: readonly Map<number, Map<number, number>>[]): Line[] =>
      all.map((each) => at.map((time, bin) => (spoke[bin] === null ? null : (each.get(nodeId)?.get(time) ?? null))));
    const values = lines(figures.averages);
    return {
      nodeId,
      // Of the window, which may be longer than the bin.
      samples: spoke.map((count) =>
        count === null ? 0 : Math.max(1, Math.round((count * request.stepSeconds) / windowSeconds)),
      ),
      values,
      increases: values.map((line, place) =>
        line.map((value) => increaseOf(request.metrics[place], value, request.stepSeconds)),
      ),
      lows: lines(figures.lows),
      highs: lines(figures.highs),
    };
  });
}

const increaseOf = (metric: SeriesMetric | undefined, value: number | null, seconds: number): number | null =>
  metric && value !== null && kindOf(metric) === "counter" ? value * seconds : null;

/** Values by node and beginning of the bin. */
function lookUp(
  series: readonly PromSeries[],
  nodeLabel: string,
  nodeIdOf: ReadonlyMap<string, number>,
  stepMs: number,
): Map<number, Map<number, number>> {
  const found = new Map<number, Map<number, number>>();
  for (const { labels, points } of series) {
    const nodeId = nodeIdOf.get(labels[nodeLabel] ?? "");
    if (nodeId === undefined) continue;
    found.set(nodeId, new Map(points.map((point) => [point.at - stepMs, point.value])));
  }
  return found;
}

async function nodeIdsByLabel(ctx: Context, nodes: HistoryRequest["nodes"]): Promise<Map<string, number>> {
  const { rows } = await ctx.db.pool.query<{ node_id: number; broker_name: string }>(
    "select node_id, broker_name from broker_nodes where broker_name is not null and node_id = any($1::smallint[])",
    [nodes.map((node) => node.nodeId)],
  );
  return new Map([
    ...nodes.map((node): [string, number] => [node.name, node.nodeId]),
    ...rows.map((row): [string, number] => [row.broker_name, row.node_id]),
  ]);
}
