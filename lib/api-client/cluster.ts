import { queryOptions, type Query, type QueryClient } from "@tanstack/react-query";
import type { NodeList, Overview, Series, SeriesMetric } from "@/lib/cluster/schemas";
import type { LiveEvent } from "@/lib/events/schemas";
import { getJson } from "./request";

/** Ranges of the cluster page: what they cover, and how often a chart of it gains a new point. */
export const CHART_RANGES = {
  live: { seconds: 900, everyMs: 5_000 },
  "1h": { seconds: 3_600, everyMs: 30_000 },
  "6h": { seconds: 6 * 3_600, everyMs: 120_000 },
  "24h": { seconds: 24 * 3_600, everyMs: 600_000 },
} as const;
export type ChartRange = keyof typeof CHART_RANGES;
export const CHART_RANGE_NAMES = ["live", "1h", "6h", "24h"] as const satisfies readonly ChartRange[];

/** What the charts of the cluster page are drawn from, in one request. */
export const CHART_METRICS = [
  "connections",
  "sessions",
  "connects_received",
  "sockets_closed",
  "publishes_received",
  "publishes_sent",
  "bytes_received",
  "bytes_sent",
  "queue_dropped",
  "queue_expired",
  "connects_refused",
  "hook_presence_errors",
  "scheduler_utilization",
  "vm_memory_bytes",
] as const satisfies readonly SeriesMetric[];

// Without an event for this long the watch, or the stream, has stopped: ask, so that the page learns it and says so.
const UNTOLD_MS = 15_000;

/** The overview's facts, asked again at every sample. */
export const overviewQuery = () =>
  queryOptions({
    queryKey: ["cluster", "overview"],
    queryFn: ({ signal }) => getJson<Overview>("/api/cluster/overview", { signal }),
    refetchInterval: UNTOLD_MS,
  });

/** All configured nodes with their states and latest samples. */
export const nodesQuery = () =>
  queryOptions({
    queryKey: ["cluster", "nodes"],
    queryFn: ({ signal }) => getJson<NodeList>("/api/cluster/nodes", { signal }),
    refetchInterval: UNTOLD_MS,
  });

/** The metrics of the cluster page over a range up to now; what was drawn stays while another range loads. */
export const seriesQuery = (range: ChartRange) => {
  const { seconds, everyMs } = CHART_RANGES[range];
  return queryOptions({
    queryKey: ["cluster", "series", range],
    queryFn: ({ signal }) =>
      getJson<Series>(`/api/cluster/series?seconds=${seconds}&metrics=${CHART_METRICS.join(",")}`, { signal }),
    meta: { everyMs },
    refetchInterval: Math.max(UNTOLD_MS, everyMs),
  });
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
