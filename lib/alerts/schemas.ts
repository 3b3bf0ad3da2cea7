import { z } from "zod";
import { kindOf, SERIES_METRICS, type SeriesMetric } from "@/lib/cluster/schemas";
import { legible } from "@/lib/format/kept-text";
import { sentence, type Sentence } from "@/lib/sentence";

/** How grave: `page` wakes somebody, `warn` waits for the morning. */
export const SEVERITIES = ["page", "warn"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What rules can look at beside the nodes' own series; higher is worse, all of them. Those of a node are labelled with its name,
 * the others speak of the whole system.
 */
export const FACT_METRICS = [
  { name: "node_down", of: "node", unit: "truth" },
  { name: "node_silent", of: "node", unit: "truth" },
  { name: "node_split", of: "node", unit: "truth" },
  { name: "presence_drift", of: "node", unit: "count" },
  { name: "watch_age_seconds", of: "system", unit: "seconds" },
  { name: "outbox_age_seconds", of: "system", unit: "seconds" },
  { name: "log_requests_stuck", of: "system", unit: "count" },
  { name: "hook_latency_ms", of: "node", unit: "milliseconds" },
  { name: "hook_failures", of: "node", unit: "count" },
  { name: "gateway_lag_ms", of: "system", unit: "milliseconds" },
  { name: "gateway_silent_seconds", of: "system", unit: "seconds" },
  { name: "issuers_away", of: "system", unit: "count" },
  { name: "break_glass_open", of: "system", unit: "count" },
] as const satisfies readonly { name: string; of: "node" | "system"; unit: Unit }[];
export type FactMetric = (typeof FACT_METRICS)[number]["name"];

/** How a value of an expression reads; `truth`: 1 it is so, 0 it is not. */
export type Unit = "truth" | "count" | "percent" | "perSecond" | "seconds" | "milliseconds" | "bytes";

/** Facts that say a node itself is not well: whatever else is wrong on it belongs to the same alert. */
export const NODE_FACTS: readonly string[] = ["node_down", "node_silent", "node_split"] satisfies FactMetric[];

export type AlertMetric = SeriesMetric | FactMetric;
const SERIES_NAMES: readonly SeriesMetric[] = SERIES_METRICS.map((metric) => metric.name);
const FACT_NAMES: readonly FactMetric[] = FACT_METRICS.map((metric) => metric.name);
export const ALERT_METRICS: readonly AlertMetric[] = [...FACT_NAMES, ...SERIES_NAMES];

/** The fact of this name, or null when the metric is a series of the nodes. */
export const factOf = (metric: AlertMetric) => FACT_METRICS.find((fact) => fact.name === metric) ?? null;
export const isSeries = (metric: AlertMetric): metric is SeriesMetric => factOf(metric) === null;

/**
 * What is made of a metric. Gauges and facts: `value` now; gauges also `drop` (% fallen over the window) and `spread` (% away
 * from the median of the node's peers). Counters: `rate` (per second) and `increase` over the window, `ratio` (% of another
 * counter's increase).
 */
export const FUNCTIONS = ["value", "rate", "increase", "drop", "ratio", "spread"] as const;
export type AlertFunction = (typeof FUNCTIONS)[number];

export const functionsOf = (metric: AlertMetric): readonly AlertFunction[] => {
  if (!isSeries(metric)) return ["value"];
  return kindOf(metric) === "counter" ? ["rate", "increase", "ratio"] : ["value", "drop", "spread"];
};

const LONGEST_WINDOW_SECONDS = 3600;

export const expressionSchema = z
  .object({
    metric: z.enum(ALERT_METRICS),
    fn: z.enum(FUNCTIONS),
    /** The counter that a ratio is of. */
    of: z.enum(SERIES_NAMES).optional(),
    windowSeconds: z.number().int().min(5).max(LONGEST_WINDOW_SECONDS).default(60),
    /** One value a node, or the nodes' sum or highest. */
    per: z.enum(["node", "sum", "max"]).default("node"),
    nodes: z.enum(["all", "subscriber", "publisher"]).default("all"),
    /** What `drop`, `ratio` and `spread` divide by is at least this: a few events are no share of anything. */
    least: z.number().min(0).default(0),
  })
  .superRefine((expression, context) => {
    const wrong = (path: string, { template, values }: Sentence) =>
      context.addIssue({ code: "custom", path: [path], message: template, params: values });
    if (!functionsOf(expression.metric).includes(expression.fn))
      wrong(
        "fn",
        sentence("{metric} has no {fn}; it has {functions}", {
          metric: expression.metric,
          fn: expression.fn,
          functions: functionsOf(expression.metric).join(", "),
        }),
      );
    if (expression.fn === "ratio" && (!expression.of || kindOf(expression.of) !== "counter"))
      wrong("of", sentence("a ratio needs the counter it is of"));
    if (expression.fn === "spread" && expression.per !== "node") wrong("per", sentence("a spread is of each node"));
  });
export type Expression = z.output<typeof expressionSchema>;

/** How the expression's values read. */
export function unitOf({ metric, fn }: Pick<Expression, "metric" | "fn">): Unit {
  const fact = factOf(metric);
  if (fact) return fact.unit;
  if (fn === "drop" || fn === "ratio" || fn === "spread" || metric === "scheduler_utilization") return "percent";
  if (fn === "rate") return "perSecond";
  return metric === "vm_memory_bytes" ? "bytes" : "count";
}

export const COMPARISONS = ["atLeast", "atMost"] as const;
export type Comparison = (typeof COMPARISONS)[number];

const DAY_SECONDS = 86_400;

/** What a rule says, whoever wrote it. */
export const ruleConditionSchema = z
  .object({
    expression: expressionSchema,
    comparison: z.enum(COMPARISONS),
    threshold: z.number(),
    /** Hysteresis: an open alert ends only past this, on the calm side of the threshold. */
    clearThreshold: z.number(),
    /** How long it must be so before it opens, and how long not before it ends. */
    forSeconds: z.number().int().min(0).max(DAY_SECONDS),
    clearForSeconds: z.number().int().min(0).max(DAY_SECONDS),
  })
  .superRefine((rule, context) => {
    const isCalm =
      rule.comparison === "atLeast" ? rule.clearThreshold < rule.threshold : rule.clearThreshold > rule.threshold;
    if (!isCalm)
      context.addIssue({
        code: "custom",
        path: ["clearThreshold"],
        message: rule.comparison === "atLeast" ? "must be below the threshold" : "must be above the threshold",
      });
  });
export type RuleCondition = z.output<typeof ruleConditionSchema>;

export const ruleInput = z.object({
  /** Absent: a rule of our own is made. */
  id: z.string().max(64).optional(),
  /** The version that was edited; needed with an id. */
  version: z.number().int().optional(),
  /** Null: the shipped words; only for a shipped rule. */
  name: z.string().overwrite(legible).trim().min(3).max(120).nullable(),
  runbook: z.string().overwrite(legible).trim().max(4_000).nullable(),
  severity: z.enum(SEVERITIES),
  enabled: z.boolean(),
  condition: ruleConditionSchema,
});
export type RuleInput = z.input<typeof ruleInput>;

/** A rule as it is shown. */
export interface AlertRule {
  id: string;
  isShipped: boolean;
  name: string | null;
  runbook: string | null;
  severity: Severity;
  enabled: boolean;
  condition: RuleCondition;
  /** The expression in one line, e.g. `drop(connections[1m]) of subscriber nodes`. */
  text: string;
  unit: Unit;
  version: number;
  updatedAt: string;
  updatedBy: string | null;
  /** How many alerts of it are open now. */
  openCount: number;
}

export const ALERT_STATUSES = ["open", "acknowledged", "resolved"] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** How an alert ended. `absorbed`: the node it was on turned out not to be well, and that alert tells it now. */
export const RESOLUTIONS = ["cleared", "by_operator", "rule_changed", "absorbed"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export const CHANGE_KINDS = [
  "opened",
  "joined",
  "cleared",
  "worsened",
  "acknowledged",
  "snoozed",
  "snooze_ended",
  "resolved",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One rule that holds on one label, inside an alert. */
export interface Firing {
  ruleId: string;
  ruleName: string | null;
  label: string;
  since: string;
  /** What it says now; null: no data, since `noDataSince`. */
  value: number | null;
  noDataSince: string | null;
  threshold: number;
  comparison: Comparison;
  unit: Unit;
  text: string;
}

export interface AlertItem {
  id: string;
  ruleId: string;
  ruleName: string | null;
  label: string;
  severity: Severity;
  status: AlertStatus;
  openedAt: string;
  resolvedAt: string | null;
  resolution: Resolution | null;
  ownerName: string | null;
  note: string | null;
  snoozedUntil: string | null;
  isFlapping: boolean;
  /** The gravest first; of a resolved alert none. */
  firings: Firing[];
}

export interface AlertChange {
  id: number;
  at: string;
  kind: ChangeKind;
  actorName: string | null;
  ruleId: string | null;
  ruleName: string | null;
  value: number | null;
  note: string | null;
  until: string | null;
}

export interface AlertDetail extends AlertItem {
  /** Null: the shipped words, in the reader's language. */
  runbook: string | null;
  text: string | null;
  unit: Unit | null;
  changes: AlertChange[];
  notices: NoticeItem[];
}

export interface AlertCounts {
  open: number;
  acknowledged: number;
  snoozed: number;
}

export interface AlertList {
  alerts: AlertItem[];
  counts: AlertCounts;
  /** When the rules were last evaluated; null: never. */
  evaluatedAt: string | null;
  rulesEnabled: number;
  /** The database's clock, ISO. */
  at: string;
  /** Of the resolved ones: give it back for those before; null at the end. */
  nextCursor: string | null;
}

export const listAlertsInput = z.object({
  status: z.enum(ALERT_STATUSES).default("open"),
  cursor: z.string().max(120).optional(),
});

export const acknowledgeInput = z.object({
  alertId: z.uuid(),
  note: z.string().overwrite(legible).trim().max(500).default(""),
});
export const resolveInput = z.object({ alertId: z.uuid(), note: z.string().overwrite(legible).trim().min(3).max(500) });
export const snoozeInput = z.object({
  alertId: z.uuid(),
  /** Zero ends a snooze. At most a week: what is quiet for longer is a rule to change. */
  minutes: z
    .number()
    .int()
    .min(0)
    .max(7 * 1440),
});

export const CHANNEL_KINDS = ["webhook", "slack", "email"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

const httpUrl = z.url({ protocol: /^https?$/ }).max(2_000);

/** Where a channel leads: a secret as a whole, sealed at rest and never shown again. */
export const channelTarget = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("webhook"), url: httpUrl }),
  z.object({ kind: z.literal("slack"), url: httpUrl }),
  z.object({ kind: z.literal("email"), addresses: z.array(z.email()).min(1).max(20) }),
]);
export type ChannelTarget = z.output<typeof channelTarget>;

export const channelInput = z.object({
  /** Absent: a channel is made. */
  id: z.uuid().optional(),
  name: z.string().overwrite(legible).trim().min(2).max(80),
  severities: z.array(z.enum(SEVERITIES)).min(1),
  enabled: z.boolean(),
  /** Absent: stays what it is. */
  target: channelTarget.optional(),
});
export type ChannelInput = z.input<typeof channelInput>;

export interface AlertChannel {
  id: string;
  name: string;
  kind: ChannelKind;
  severities: Severity[];
  enabled: boolean;
  destination: string;
  createdAt: string;
  createdBy: string;
  lastNotice: NoticeItem | null;
  waitingCount: number;
}

export const NOTICE_EVENTS = ["opened", "reminded", "resolved", "test"] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

export interface NoticeItem {
  id: string;
  channelName: string;
  event: NoticeEvent;
  state: "waiting" | "sent" | "failed";
  attempts: number;
  /** What the last attempt came to, e.g. `answered 200` or `no answer within 10 s`. */
  outcome: string | null;
  createdAt: string;
  attemptedAt: string | null;
  /** What it told, in a line. */
  title: string;
}

/** A stretch of the last days in which the rule would have been open; `to` null: still. ms since the epoch. */
export interface PreviewSpan {
  label: string;
  from: number;
  to: number | null;
}

export interface RulePreview {
  from: number;
  to: number;
  /** Shorter than this nothing was seen. */
  stepSeconds: number;
  spans: PreviewSpan[];
  /** More spans than are given. */
  leftOut: number;
  /** Stretches without any data, ms. */
  unknown: { from: number; to: number }[];
  text: string;
}

/** What a rule saw around the moment of an alert; `lines[i].values[j]` at `at[j]`, null where it is not known. Times in ms. */
export interface AlertChart {
  from: number;
  to: number;
  at: number[];
  lines: { label: string; values: (number | null)[] }[];
  /** Of a node that is so or not, its connections say more than a step from 0 to 1; they have no threshold. */
  what: "rule" | "connections";
  threshold: number | null;
  clearThreshold: number | null;
  unit: Unit;
  openedAt: string;
  resolvedAt: string | null;
}
