import type { SeriesMetric } from "./schemas";

/** Seconds between two samples of a node. */
export const SAMPLE_SECONDS = 5;
/** A sample older than this is history, not the present. Three missed samples. */
export const STALE_SECONDS = 15;

/** How often a gateway says how it is. */
export const GATEWAY_BEAT_MS = 2_000;
/** Silent for longer, a gateway is lost. */
export const GATEWAY_LOST_SECONDS = (5 * GATEWAY_BEAT_MS) / 1_000;

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
  "cluster_bytes_sent",
  "cluster_bytes_dropped",
  "retained_messages",
  "subscriptions",
] as const satisfies readonly SeriesMetric[];
