import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type Query,
  type QueryClient,
} from "@tanstack/react-query";
import type { GatewayState } from "@/lib/cluster/list-gateways";
import type { ClusterMarks } from "@/lib/cluster/list-marks";
import type { NodeClients } from "@/lib/cluster/list-node-clients";
import type { WaveClients } from "@/lib/cluster/list-wave-clients";
import type { HookSeries } from "@/lib/cluster/read-hook-series";
import { CHART_METRICS } from "@/lib/cluster/terms";
import type {
  ClusterMark,
  Comparison,
  MarkKind,
  NodeDetail,
  NodeList,
  Overview,
  Series,
  SeriesMetric,
  WaveDimension,
  WaveExplanation,
  WaveKind,
} from "@/lib/cluster/schemas";
import type { LiveEvent } from "@/lib/events/schemas";
import type { DriftPoint, NodeDrift } from "@/lib/presence/read-drift";
import { deleteJson, getJson, postJson } from "./request";

/** Ranges of the cluster page: what they cover, and how often a chart of it gains a new point. */
export const CHART_RANGES = {
  live: { seconds: 900, everyMs: 5_000 },
  "1h": { seconds: 3_600, everyMs: 30_000 },
  "6h": { seconds: 6 * 3_600, everyMs: 120_000 },
  "24h": { seconds: 24 * 3_600, everyMs: 600_000 },
  "7d": { seconds: 7 * 86_400, everyMs: 3_600_000 },
  "30d": { seconds: 30 * 86_400, everyMs: 3_600_000 },
} as const;
export type ChartRange = keyof typeof CHART_RANGES;
export const CHART_RANGE_NAMES = ["live", "1h", "6h", "24h", "7d", "30d"] as const satisfies readonly ChartRange[];

/** What charts are drawn of: a range up to now, or up to an instant that is over, or (ms) a stretch of its own. */
export type ChartSpan =
  | { kind: "now"; range: ChartRange }
  | { kind: "then"; range: ChartRange; to: number }
  | { kind: "own"; from: number; to: number };

// Without an event for this long the watch, or the stream, has stopped: ask, so that the page learns it and says so.
const UNTOLD_MS = 15_000;

/** The overview's facts, asked again at every sample. */
export const overviewQuery = () =>
  queryOptions({
    queryKey: ["cluster", "overview"],
    queryFn: ({ signal }) => getJson<Overview>("/api/cluster/overview", { signal }),
    refetchInterval: UNTOLD_MS,
  });

/** The overview as it was at an instant (ms); what was shown stays while another instant loads. */
export const overviewAtQuery = (at: number) =>
  queryOptions({
    queryKey: ["then", "overview", at],
    queryFn: ({ signal }) => getJson<Overview>(`/api/cluster/at?at=${iso(at)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

/** All configured nodes with their states and latest samples. */
export const nodesQuery = () =>
  queryOptions({
    queryKey: ["cluster", "nodes"],
    queryFn: ({ signal }) => getJson<NodeList>("/api/cluster/nodes", { signal }),
    refetchInterval: UNTOLD_MS,
  });

/** One node as its page shows it. */
export const nodeQuery = (node: string) =>
  queryOptions({
    queryKey: ["cluster", "node", node],
    queryFn: ({ signal }) => getJson<NodeDetail>(`/api/cluster/nodes/${encodeURIComponent(node)}`, { signal }),
    refetchInterval: UNTOLD_MS,
  });

/** Clients whose session is on a node, a page at a time; what is there changes all the time, so it is asked once. */
export const nodeClientsQuery = (node: string) =>
  infiniteQueryOptions({
    queryKey: ["node clients", node],
    queryFn: ({ signal, pageParam }) =>
      getJson<NodeClients>(
        `/api/cluster/nodes/${encodeURIComponent(node)}/clients?limit=25${pageParam ? `&cursor=${pageParam}` : ""}`,
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** How often a span gains a new point; null for one that is over. */
export const spanEveryMs = (span: ChartSpan): number | null =>
  span.kind === "now" ? CHART_RANGES[span.range].everyMs : null;

/** The ends of a span at an instant (ms), as they are asked for. */
export const spanEnds = (span: ChartSpan, now: number): { from: number; to: number } => {
  if (span.kind === "own") return { from: span.from, to: span.to };
  const to = span.kind === "then" ? span.to : now;
  return { from: to - CHART_RANGES[span.range].seconds * 1_000, to };
};

interface SeriesQuestion {
  span: ChartSpan;
  compare: Comparison | null;
  metrics?: readonly SeriesMetric[];
  /** Absent: all. */
  nodes?: readonly string[];
}

/** Metrics over a span; those of the cluster page unless others are named. */
export const seriesQuery = ({ span, compare, metrics = CHART_METRICS, nodes }: SeriesQuestion) => {
  const asked = [
    ...(compare ? [`compare=${compare}`] : []),
    ...(nodes ? [`nodes=${nodes.map(encodeURIComponent).join(",")}`] : []),
    `metrics=${metrics.join(",")}`,
  ].join("&");
  return queryOptions({
    queryKey: ["cluster", "series", span, asked],
    queryFn: ({ signal }) => getJson<Series>(`/api/cluster/series?${rangeOf(span)}&${asked}`, { signal }),
    ...renewed(span),
  });
};

/** Marks, incidents and splits that stand on the charts of a span. */
export const marksQuery = (span: ChartSpan) =>
  queryOptions({
    queryKey: ["cluster", "marks", span],
    queryFn: ({ signal }) => getJson<ClusterMarks>(`/api/cluster/marks?${endsOf(span)}`, { signal }),
    ...renewed(span),
  });

/** The longest span that is told of hooks. */
export const MOST_HOOK_SPAN_MS = 7 * 86_400_000;

/** What the gateways answered to sign-ins, by node. */
export const hooksQuery = (span: ChartSpan, nodes?: readonly string[]) =>
  queryOptions({
    queryKey: ["cluster", "hooks", span, nodes ?? null],
    queryFn: ({ signal }) =>
      getJson<HookSeries>(
        `/api/cluster/hooks?${endsOf(span)}&hooks=auth_on_register${nodes ? `&nodes=${nodes.map(encodeURIComponent).join(",")}` : ""}`,
        { signal },
      ),
    ...renewed(span),
  });

export const gatewaysQuery = () =>
  queryOptions({
    queryKey: ["cluster", "gateways"],
    queryFn: ({ signal }) => getJson<GatewayState[]>("/api/cluster/gateways", { signal }),
    refetchInterval: UNTOLD_MS,
  });

/** Drift by node as last swept, and the sweeps of the last day. */
export const driftQuery = () =>
  queryOptions({
    queryKey: ["drift"],
    queryFn: ({ signal }) => getJson<{ nodes: NodeDrift[]; points: DriftPoint[] }>("/api/cluster/drift", { signal }),
    refetchInterval: 60_000,
  });

/** A selected stretch (ms) of a wave. */
export interface WaveSpan {
  kind: WaveKind;
  from: number;
  to: number;
}

/** What those of a wave have in common; a past stretch does not change, and its reading is not cheap. */
export const waveQuery = ({ kind, from, to }: WaveSpan) =>
  queryOptions({
    queryKey: ["wave", kind, from, to],
    queryFn: ({ signal }) =>
      getJson<WaveExplanation>(`/api/cluster/waves?kind=${kind}&from=${iso(from)}&to=${iso(to)}`, {
        signal,
        timeoutMs: 30_000,
      }),
    staleTime: 60_000,
    retry: false,
  });

/** One value of a dimension; null: those without one. */
export interface WaveValue {
  dimension: WaveDimension;
  value: string | null;
}

/** The clients behind a wave, or behind one value of it. Posted, as a network prefix is a person's. */
export const waveClientsQuery = ({ kind, from, to }: WaveSpan, of: WaveValue | null) =>
  infiniteQueryOptions({
    queryKey: ["wave", "clients", kind, from, to, of],
    queryFn: ({ signal, pageParam }) =>
      postJson<WaveClients>(
        "/api/cluster/waves/clients",
        { kind, from: iso(from), to: iso(to), ...of, limit: 25, ...(pageParam ? { cursor: pageParam } : {}) },
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** Puts a mark on the charts; `at` in ms, now when absent. */
export const markCluster = (mark: { kind: MarkKind; title: string; at?: number }): Promise<ClusterMark> =>
  postJson<ClusterMark>("/api/cluster/marks", { ...mark, ...(mark.at === undefined ? {} : { at: iso(mark.at) }) });

/** Takes a mark off the charts. */
export const deleteMark = (markId: string): Promise<void> => deleteJson(`/api/cluster/marks/${markId}`);

/** Marks are asked for again after one was made or taken away. */
export const refetchMarks = (queryClient: QueryClient): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: ["cluster", "marks"] });

const iso = (at: number): string => new Date(at).toISOString();

const endsOf = (span: ChartSpan): string => {
  const { from, to } = spanEnds(span, Date.now());
  return `from=${iso(from)}&to=${iso(to)}`;
};

// Up to now the server's clock decides where now is.
const rangeOf = (span: ChartSpan): string =>
  span.kind === "now" ? `seconds=${CHART_RANGES[span.range].seconds}` : endsOf(span);

const renewed = (span: ChartSpan) => {
  const everyMs = spanEveryMs(span);
  return everyMs === null
    ? { staleTime: 60_000 }
    : { meta: { everyMs }, refetchInterval: Math.max(UNTOLD_MS, everyMs) };
};

/** A sample makes figures and charts due again, each as often as it has something new to show; a changed node all of them. */
export function applyClusterEvent(queryClient: QueryClient, event: LiveEvent): void {
  if (event.type === "cluster.nodeChanged") void queryClient.invalidateQueries({ queryKey: ["cluster"] });
  if (event.type === "cluster.sampled") void queryClient.invalidateQueries({ queryKey: ["cluster"], predicate: isDue });
}

// Half the time between two samples: an answer younger than this was asked for by the same sample, or by the page itself.
const SAME_SAMPLE_MS = 2_500;

function isDue(query: Query): boolean {
  const everyMs = typeof query.meta?.everyMs === "number" ? query.meta.everyMs : 0;
  return Date.now() - query.state.dataUpdatedAt >= Math.max(SAME_SAMPLE_MS, everyMs - SAME_SAMPLE_MS);
}
