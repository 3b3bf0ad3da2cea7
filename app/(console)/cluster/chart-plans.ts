import type { SeriesMetric, WaveKind } from "@/lib/cluster/schemas";

export type ReadMetric = (metric: SeriesMetric) => number | null;

const rate = (metric: SeriesMetric) => (read: ReadMetric) => read(metric);
const perMinute = (metric: SeriesMetric) => (read: ReadMetric) => {
  const value = read(metric);
  return value === null ? null : value * 60;
};
/** Sessions are connected ones and kept ones; the difference waits offline. */
const waiting = (read: ReadMetric) => {
  const [sessions, connections] = [read("sessions"), read("connections")];
  return sessions === null || connections === null ? null : Math.max(0, sessions - connections);
};

type ChartName =
  | "clients"
  | "turnover"
  | "messages"
  | "bytes"
  | "dropped"
  | "waiting"
  | "refused"
  | "load"
  | "memory"
  | "between"
  | "retained"
  | "subscriptions";
type LineName =
  | "connects"
  | "endings"
  | "in"
  | "out"
  | "queueFull"
  | "expired"
  | "waitingLine"
  | "refusedLine"
  | "hookErrors"
  | "sent"
  | "lost"
  | "retainedLine"
  | "subscriptionsLine";
type UnitName = "perNode" | "perSecond" | "perMinute" | "allNodes" | "loadUnit" | "memoryUnit";

/** What one chart of the page draws. */
export interface ChartPlan {
  name: ChartName;
  unit: UnitName;
  nodes: "subscribers" | "all";
  format?: "bytes" | "percent";
  /** One line a node of this metric, or one or two sums in ink. */
  draws: SeriesMetric | readonly { key: LineName; of: (read: ReadMetric) => number | null }[];
  /** A stretch of it can be asked what its events have in common. */
  wave?: WaveKind;
}

export const CHART_PLANS: readonly ChartPlan[] = [
  { name: "clients", unit: "perNode", nodes: "subscribers", draws: "connections" },
  {
    name: "turnover",
    unit: "perSecond",
    nodes: "subscribers",
    wave: "disconnects",
    draws: [
      { key: "connects", of: rate("connects_received") },
      { key: "endings", of: rate("sockets_closed") },
    ],
  },
  {
    name: "refused",
    unit: "perMinute",
    nodes: "subscribers",
    wave: "refusals",
    draws: [
      { key: "refusedLine", of: perMinute("connects_refused") },
      { key: "hookErrors", of: perMinute("hook_presence_errors") },
    ],
  },
  {
    name: "messages",
    unit: "perSecond",
    nodes: "all",
    draws: [
      { key: "in", of: rate("publishes_received") },
      { key: "out", of: rate("publishes_sent") },
    ],
  },
  {
    name: "bytes",
    unit: "perSecond",
    nodes: "all",
    format: "bytes",
    draws: [
      { key: "in", of: rate("bytes_received") },
      { key: "out", of: rate("bytes_sent") },
    ],
  },
  {
    name: "dropped",
    unit: "perMinute",
    nodes: "all",
    draws: [
      { key: "queueFull", of: perMinute("queue_dropped") },
      { key: "expired", of: perMinute("queue_expired") },
    ],
  },
  { name: "waiting", unit: "allNodes", nodes: "subscribers", draws: [{ key: "waitingLine", of: waiting }] },
  { name: "load", unit: "loadUnit", nodes: "all", format: "percent", draws: "scheduler_utilization" },
  { name: "memory", unit: "memoryUnit", nodes: "all", format: "bytes", draws: "vm_memory_bytes" },
  {
    name: "between",
    unit: "perSecond",
    nodes: "all",
    format: "bytes",
    draws: [
      { key: "sent", of: rate("cluster_bytes_sent") },
      { key: "lost", of: rate("cluster_bytes_dropped") },
    ],
  },
  {
    name: "retained",
    unit: "allNodes",
    nodes: "all",
    draws: [{ key: "retainedLine", of: rate("retained_messages") }],
  },
  {
    name: "subscriptions",
    unit: "allNodes",
    nodes: "all",
    draws: [{ key: "subscriptionsLine", of: rate("subscriptions") }],
  },
];
