import { z } from "zod";

/** Of a node, as the watch sees it: answers; does not answer (its clients are unknown); refuses connections. */
export const NODE_STATES = ["up", "silent", "down"] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** What the state rests on. `metrics_unreadable` can stand beside up: it is alive but says nothing we can chart. */
export const NODE_EVIDENCE = [
  "answers",
  "metrics_unreadable",
  "no_answer",
  "wrong_answer",
  "refused",
  "not_asked",
  "watch_paused",
  "not_configured",
] as const;
export type NodeEvidence = (typeof NODE_EVIDENCE)[number];

/**
 * How an answer of a node was not one we can use: nobody listens, nothing came, it came too slowly or was too large to be read to
 * the end, it was a refusal, or something else than what was asked for.
 */
export const NODE_FAULTS = ["refused", "no_answer", "too_slow", "too_large", "bad_status", "garbage"] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

export type NodeRole = "subscriber" | "publisher";
export type MetricKind = "counter" | "gauge";

/**
 * What is kept of every node every five seconds. The place in this list is the place in every stored row (from 1), so
 * entries are only ever appended, never moved, removed or reused.
 */
export const SERIES_METRICS = [
  { name: "uptime_ms", kind: "gauge" },
  { name: "connections", kind: "gauge" },
  { name: "connections_tcp", kind: "gauge" },
  { name: "connections_websocket", kind: "gauge" },
  { name: "sessions", kind: "gauge" },
  { name: "sockets_opened", kind: "counter" },
  { name: "sockets_closed", kind: "counter" },
  { name: "socket_errors", kind: "counter" },
  { name: "sockets_without_connect", kind: "counter" },
  { name: "bytes_received", kind: "counter" },
  { name: "bytes_sent", kind: "counter" },
  { name: "connects_received", kind: "counter" },
  { name: "connects_accepted", kind: "counter" },
  { name: "connects_refused", kind: "counter" },
  { name: "refused_not_authorized", kind: "counter" },
  { name: "refused_bad_credentials", kind: "counter" },
  { name: "refused_identifier", kind: "counter" },
  { name: "refused_unavailable", kind: "counter" },
  { name: "disconnects_received", kind: "counter" },
  { name: "disconnects_sent", kind: "counter" },
  { name: "keep_alive_expired", kind: "counter" },
  { name: "sessions_expired", kind: "counter" },
  { name: "publishes_received", kind: "counter" },
  { name: "publishes_sent", kind: "counter" },
  { name: "publishes_denied", kind: "counter" },
  { name: "publish_errors", kind: "counter" },
  { name: "subscribes_received", kind: "counter" },
  { name: "subscribes_denied", kind: "counter" },
  { name: "unsubscribes_received", kind: "counter" },
  { name: "pubacks_received", kind: "counter" },
  { name: "pubacks_sent", kind: "counter" },
  { name: "pubcomps_received", kind: "counter" },
  { name: "pubcomps_sent", kind: "counter" },
  { name: "pings_received", kind: "counter" },
  { name: "queue_in", kind: "counter" },
  { name: "queue_out", kind: "counter" },
  { name: "queue_dropped", kind: "counter" },
  { name: "queue_expired", kind: "counter" },
  { name: "queue_unhandled", kind: "counter" },
  { name: "queues_set_up", kind: "counter" },
  { name: "queues_torn_down", kind: "counter" },
  { name: "retained_messages", kind: "gauge" },
  { name: "subscriptions", kind: "gauge" },
  { name: "matches_local", kind: "counter" },
  { name: "matches_remote", kind: "counter" },
  { name: "cluster_bytes_received", kind: "counter" },
  { name: "cluster_bytes_sent", kind: "counter" },
  { name: "cluster_bytes_dropped", kind: "counter" },
  { name: "netsplits_detected", kind: "counter" },
  { name: "netsplits_resolved", kind: "counter" },
  { name: "scheduler_utilization", kind: "gauge" },
  { name: "run_queue", kind: "gauge" },
  { name: "vm_processes", kind: "gauge" },
  { name: "vm_memory_bytes", kind: "gauge" },
  { name: "hook_sign_in_requests", kind: "counter" },
  { name: "hook_sign_in_errors", kind: "counter" },
  { name: "hook_presence_requests", kind: "counter" },
  { name: "hook_presence_errors", kind: "counter" },
  { name: "hook_subscribe_errors", kind: "counter" },
  { name: "hook_publish_errors", kind: "counter" },
] as const satisfies readonly { name: string; kind: MetricKind }[];

export type SeriesMetric = (typeof SERIES_METRICS)[number]["name"];

const NAMES: readonly SeriesMetric[] = SERIES_METRICS.map((metric) => metric.name);

/** Place of a metric in a stored row, from 1 as PostgreSQL counts. */
export const positionOf = (name: SeriesMetric): number => NAMES.indexOf(name) + 1;

export const kindOf = (name: SeriesMetric): MetricKind => SERIES_METRICS[NAMES.indexOf(name)]?.kind ?? "gauge";

/** The longest range one chart may ask for: two years and some days, as long as anything is kept by default. */
export const MOST_RANGE_SECONDS = 740 * 86_400;

/** Earlier times to compare with, in seconds before the range. */
export const COMPARISONS = { yesterday: 86_400, lastWeek: 7 * 86_400 } as const;
export type Comparison = keyof typeof COMPARISONS;
const COMPARISON_NAMES = ["yesterday", "lastWeek"] as const satisfies readonly Comparison[];

export const readSeriesInput = z
  .object({
    metrics: z.array(z.enum(NAMES)).min(1).max(24),
    /** Names of nodes; absent: all that are configured. */
    nodes: z.array(z.string()).max(64).optional(),
    /** Inclusive. */
    from: z.coerce.date(),
    /** Exclusive. */
    to: z.coerce.date(),
    /** At most this many bins; the step is rounded up to whole samples. */
    points: z.coerce.number().int().min(10).max(720).default(180),
    /** The same lines of an earlier time beside these. */
    compare: z.enum(COMPARISON_NAMES).optional(),
    /** `extremes`: each line with the lowest and highest in each bin, so that a short spike shows on a long range. */
    detail: z.enum(["average", "extremes"]).default("average"),
  })
  .refine((input) => input.from < input.to, { path: ["from"], message: "is not before to" })
  .refine((input) => input.to.getTime() - input.from.getTime() <= MOST_RANGE_SECONDS * 1000, {
    path: ["from"],
    message: "more than {days} days before to",
    params: { days: MOST_RANGE_SECONDS / 86_400 },
  });

/** One metric on one node; `values[i]` belongs to the bin that begins at `at[i]`; null where the node did not say. */
export interface SeriesLine {
  metric: SeriesMetric;
  node: string;
  /** Gauges: the average in the bin. Counters: per second. */
  values: (number | null)[];
  /** Only with `detail: "extremes"`. Counters: the lowest and highest rate between two neighbouring samples. */
  lows?: (number | null)[];
  highs?: (number | null)[];
}

/** A stretch without samples: of one node, or (node null) of all: nobody answered, or nobody asked. ms since the epoch. */
export interface SeriesGap {
  node: string | null;
  from: number;
  to: number;
}

export interface Series {
  /** Beginnings of the bins, ms since the epoch, rising by `stepSeconds`. */
  at: number[];
  stepSeconds: number;
  /** `samples[i]`: how many samples of the node bin i holds; a sum over nodes weighs them by it. */
  nodes: { name: string; role: NodeRole; samples: number[] }[];
  lines: SeriesLine[];
  gaps: SeriesGap[];
  /** The broker's own name of each metric asked for. */
  sources: Partial<Record<SeriesMetric, string>>;
  /** Who remembered it. */
  history: SeriesHistory;
  /** Lines of `shiftSeconds` earlier, bin for bin beside `lines`; null unless asked for. */
  comparison: { with: Comparison; shiftSeconds: number; lines: SeriesLine[]; gaps: SeriesGap[] } | null;
}

/**
 * Where a series was read: our own memory, whose rows are `stepSeconds` apart and begin at `keptFrom` (ISO; what is older is a
 * gap), or a Prometheus.
 */
export type SeriesHistory = { kind: "own"; stepSeconds: number; keptFrom: string } | { kind: "prometheus" };

/** One configured node, now. Figures are of its latest sample; null when there is none within the last day. */
export interface ClusterNode {
  name: string;
  role: NodeRole;
  state: NodeState;
  evidence: NodeEvidence;
  /** ISO times. */
  since: string;
  bootedAt: string | null;
  lastAnswerAt: string | null;
  version: string | null;
  /** It runs another version than most of the nodes do. */
  hasOtherVersion: boolean;
  /** The broker's own name of it; null until it told. */
  brokerName: string | null;
  /** It and others that answer us do not see one another; ISO. Null: it sees all of them. */
  split: { since: string; awayFrom: string[] } | null;
  /** Why its metrics cannot be read now, and since when (ISO); null when they can. */
  scrapeFault: { fault: NodeFault; since: string } | null;
  /** Hooks of the broker that it does not send though it should: presence of its clients rests on sweeps. */
  missingHooks: readonly string[];
  /** When the others said that it does not run, and its sessions were taken to have ended (ISO); null while that is not known. */
  lostAt: string | null;
  sample: NodeSample | null;
}

/** One port a node listens on, as it says itself. */
export const nodeListenerSchema = z.object({
  /** mqtt, mqtts, mqttws, mqttwss, http, https, vmq, … */
  type: z.string().max(32),
  status: z.string().max(32),
  address: z.string().max(64),
  port: z.number().int(),
  /** Connections now, and the most it takes. */
  connections: z.number().int().nullable(),
  mostConnections: z.number().int().nullable(),
});
export type NodeListener = z.output<typeof nodeListenerSchema>;

export interface NodeSample {
  at: string;
  connections: number | null;
  sessions: number | null;
  schedulerPercent: number | null;
  vmMemoryBytes: number | null;
}

/** Whether the figures are the present: the watch runs, has stopped, or has not begun. */
export type WatchState = { status: "watching" } | { status: "stopped"; lastAt: string } | { status: "not_started" };

export interface NodeList {
  nodes: ClusterNode[];
  /** Names of the broker's in the nodes' cluster that are not configured, and configured nodes no other one lists. */
  membership: { notConfigured: string[]; notInCluster: string[] };
  watch: WatchState;
  /** Clock of the database when it answered, ISO. */
  at: string;
}

/** A figure of the last minute (or of the last hour, where it counts events too rare for that). */
export interface Figure {
  key: FigureKey;
  /** Null: not known. */
  value: number | null;
  unit: "perMinute" | "perSecond" | "inLastHour";
  /** p10 and p90 of the minutes of the last hour; null while there are too few to say. Never for `inLastHour`. */
  usual: { low: number; high: number } | null;
  /** One value a minute, oldest first, 60 of them. */
  minutes: (number | null)[];
  /** The broker's name of the metric. */
  source: string;
}

export const FIGURE_KEYS = ["connects", "messagesIn", "messagesOut", "dropped", "refused", "hookErrors"] as const;
export type FigureKey = (typeof FIGURE_KEYS)[number];

export interface Overview extends NodeList {
  /** Time of the latest sample, ISO; null when there is none. */
  sampledAt: string | null;
  clients: {
    /** On subscriber nodes that are up; null when nothing is known. */
    online: number | null;
    /** Clients last counted on subscriber nodes that do not answer now. */
    unknown: number;
    /** Persistent sessions without a connection, on subscriber nodes that are up. */
    queued: number | null;
    /** Difference to an hour ago; null when that is not known. */
    changeInHour: number | null;
    /** One point a minute, oldest first, summed over subscriber nodes; null where none of them said anything. */
    history: { at: number[]; total: (number | null)[]; gaps: SeriesGap[] };
    source: string;
  };
  figures: Figure[];
}

export const MARK_KINDS = ["deploy", "incident", "note"] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** A line on the charts. */
export interface ClusterMark {
  id: string;
  /** ISO. */
  at: string;
  kind: MarkKind;
  title: string;
  /** Name of the operator or service. */
  markedBy: string;
}

/** One node as its page shows it. Instants are ISO; null where the node has not told. */
export interface NodeDetail {
  node: ClusterNode;
  /** Versions that run in the cluster, the most common first: more than one is a skew. */
  versions: { version: string; nodes: number }[];
  /** The cluster as this node sees it; `node` null: not one we are configured to watch. */
  peers: { brokerName: string; node: string | null; isRunning: boolean }[] | null;
  peersAt: string | null;
  listeners: NodeListener[] | null;
  listenersAt: string | null;
  /** Webhooks of it that failed in the last hour; null where it did not say. Of sign-ins, refusals are counted too. */
  hookErrors: { metric: SeriesMetric; inLastHour: number | null }[];
  at: string;
}

export const WAVE_KINDS = ["disconnects", "refusals"] as const;
export type WaveKind = (typeof WAVE_KINDS)[number];
export const WAVE_DIMENSIONS = ["node", "platform", "appVersion", "network", "reason"] as const;
export type WaveDimension = (typeof WAVE_DIMENSIONS)[number];

/** A selected stretch of a chart; `from` inclusive, `to` exclusive. */
export const explainWaveSpan = {
  kind: z.enum(WAVE_KINDS),
  from: z.coerce.date(),
  to: z.coerce.date(),
};
const MOST_WAVE_MS = 86_400_000;
export const isWaveSpan = ({ from, to }: { from: Date; to: Date }): boolean =>
  from < to && to.getTime() - from.getTime() <= MOST_WAVE_MS;
export const WAVE_SPAN_FAULT = { path: ["from"], message: "is not before to, or more than a day before it" };
export const explainWaveInput = z.object(explainWaveSpan).refine(isWaveSpan, WAVE_SPAN_FAULT);

/** One dimension of a wave, the most frequent values first. */
export interface WaveGroup {
  dimension: WaveDimension;
  values: {
    /** Null: not known. A reason the broker did not tell is `not_told`. */
    value: string | null;
    /** Of those looked at. */
    clients: number;
    /** Of the wave, 0 to 1. */
    share: number;
    /**
     * Of those the wave could have hit: clients connected when it began, or for refusals all clients. Of a reason: its share in the
     * hour before. Null when there was nobody.
     */
    populationShare: number | null;
    /** share / populationShare; null when that is nothing. */
    lift: number | null;
  }[];
  /** Further values, and the clients that have them. */
  otherValues: number;
  otherClients: number;
}

/** What most of a wave has in common and the others have not. */
export interface WaveFactor {
  dimension: WaveDimension;
  value: string;
  share: number;
  populationShare: number | null;
  lift: number | null;
}

export interface WaveExplanation {
  kind: WaveKind;
  /** ISO. */
  from: string;
  to: string;
  /** Endings or refusals in the span; a client may have several. */
  events: number;
  eventsAreAtLeast: boolean;
  /** Different clients that were looked at: all of the wave when `sampleShare` is 1, else about that share of them. */
  clients: number;
  sampleShare: number;
  populationLookedAt: number;
  groups: WaveGroup[];
  /** The largest common factor; null when nothing stands out. */
  factor: WaveFactor | null;
  /** Nodes that went away or were restarted around the span. */
  incidents: { at: string; node: string; state: NodeState; restarted: boolean }[];
}
