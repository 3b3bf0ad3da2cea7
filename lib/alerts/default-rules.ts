import words from "@/messages/en/alerts.json";
import type { FactMetric, RuleCondition, Severity } from "./schemas";

export interface ShippedRule {
  id: ShippedRuleId;
  severity: Severity;
  condition: RuleCondition;
}

/** Has words in `messages`: in English for what leaves the house, in the reader's language on screens. */
export type ShippedRuleId = Extract<keyof typeof words.rules, string>;

type ConditionDraft = Omit<RuleCondition, "expression" | "comparison"> & {
  expression: Pick<RuleCondition["expression"], "metric" | "fn"> & Partial<RuleCondition["expression"]>;
  comparison?: RuleCondition["comparison"];
};

const shipped = (id: ShippedRuleId, severity: Severity, draft: ConditionDraft): ShippedRule => ({
  id,
  severity,
  condition: {
    comparison: "atLeast",
    ...draft,
    expression: { windowSeconds: 60, per: "node", nodes: "all", least: 0, ...draft.expression },
  },
});

/** A fact that is so or not. */
const truth = (metric: FactMetric, forSeconds: number): ConditionDraft => ({
  expression: { metric, fn: "value" },
  threshold: 1,
  clearThreshold: 0,
  forSeconds,
  clearForSeconds: 10,
});

/**
 * The rules a system begins with, as data: seeded once each, then its operators' to change. Thresholds are guesses to revisit
 * with a fleet of one's own, unless a line says where they come from.
 */
export const SHIPPED_RULES: readonly ShippedRule[] = [
  // The watch has already seen two misses by then.
  shipped("node-down", "page", truth("node_down", 0)),
  shipped("node-silent", "page", truth("node_silent", 3)),
  shipped("node-split", "page", truth("node_split", 3)),
  shipped("connections-falling", "page", {
    expression: { metric: "connections", fn: "drop", windowSeconds: 60, per: "sum", nodes: "subscriber", least: 50 },
    threshold: 10,
    clearThreshold: 3,
    forSeconds: 10,
    clearForSeconds: 60,
  }),
  shipped("connects-refused", "warn", {
    expression: {
      metric: "connects_refused",
      fn: "ratio",
      of: "connects_received",
      windowSeconds: 300,
      per: "sum",
      nodes: "subscriber",
      least: 50,
    },
    threshold: 20,
    clearThreshold: 10,
    forSeconds: 60,
    clearForSeconds: 120,
  }),
  // An event of a client that was lost: presence must be reconciled (vernemq.md §1), so one is too many.
  shipped("hook-errors", "warn", {
    expression: { metric: "hook_presence_errors", fn: "increase", windowSeconds: 300, per: "sum" },
    threshold: 1,
    clearThreshold: 0,
    forSeconds: 10,
    clearForSeconds: 60,
  }),
  // The 99th of a hundred of the last minute. The promise is 20 ms (contracts.md §3); every connect waits for it.
  shipped("hook-latency", "warn", {
    expression: { metric: "hook_latency_ms", fn: "value" },
    threshold: 250,
    clearThreshold: 100,
    forSeconds: 60,
    clearForSeconds: 60,
  }),
  shipped("hooks-failing", "warn", {
    expression: { metric: "hook_failures", fn: "value" },
    threshold: 5,
    clearThreshold: 0,
    forSeconds: 10,
    clearForSeconds: 60,
  }),
  shipped("messages-dropped", "warn", {
    expression: { metric: "queue_dropped", fn: "increase", windowSeconds: 300, per: "sum" },
    threshold: 1,
    clearThreshold: 0,
    forSeconds: 10,
    clearForSeconds: 60,
  }),
  shipped("queues-growing", "warn", {
    expression: { metric: "queue_in", fn: "ratio", of: "queue_out", windowSeconds: 900, per: "sum", least: 500 },
    threshold: 150,
    clearThreshold: 110,
    forSeconds: 300,
    clearForSeconds: 300,
  }),
  shipped("node-far-from-peers", "warn", {
    expression: { metric: "connections", fn: "spread", nodes: "subscriber", least: 100 },
    threshold: 50,
    clearThreshold: 30,
    forSeconds: 300,
    clearForSeconds: 120,
  }),
  shipped("scheduler-load", "warn", {
    expression: { metric: "scheduler_utilization", fn: "value" },
    threshold: 85,
    clearThreshold: 70,
    forSeconds: 300,
    clearForSeconds: 120,
  }),
  // Of the virtual machine, which is more than is resident (7.9 GB shown at 300 MB, vernemq.md §3): set it to your nodes.
  shipped("memory", "warn", {
    expression: { metric: "vm_memory_bytes", fn: "value" },
    threshold: 16e9,
    clearThreshold: 14e9,
    forSeconds: 300,
    clearForSeconds: 120,
  }),
  shipped("presence-drift", "warn", {
    expression: { metric: "presence_drift", fn: "value" },
    threshold: 10,
    clearThreshold: 2,
    forSeconds: 0,
    clearForSeconds: 0,
  }),
  shipped("log-requests-stuck", "warn", {
    expression: { metric: "log_requests_stuck", fn: "value" },
    threshold: 1,
    clearThreshold: 0,
    forSeconds: 60,
    clearForSeconds: 0,
  }),
  shipped("publisher-disconnected", "page", {
    expression: { metric: "connections", fn: "value", nodes: "publisher" },
    comparison: "atMost",
    threshold: 0,
    clearThreshold: 1,
    forSeconds: 30,
    clearForSeconds: 10,
  }),
  shipped("messages-waiting", "page", {
    expression: { metric: "outbox_age_seconds", fn: "value" },
    threshold: 60,
    clearThreshold: 10,
    forSeconds: 10,
    clearForSeconds: 10,
  }),
  // Without a gateway the broker refuses every connect.
  shipped("gateway-silent", "page", {
    expression: { metric: "gateway_silent_seconds", fn: "value" },
    threshold: 15,
    clearThreshold: 6,
    forSeconds: 0,
    clearForSeconds: 10,
  }),
  shipped("gateway-lag", "warn", {
    expression: { metric: "gateway_lag_ms", fn: "value" },
    threshold: 5_000,
    clearThreshold: 1_000,
    forSeconds: 15,
    clearForSeconds: 30,
  }),
  // Phones with a token known from before still come in; all others are refused.
  shipped("issuer-away", "page", {
    expression: { metric: "issuers_away", fn: "value" },
    threshold: 1,
    clearThreshold: 0,
    forSeconds: 60,
    clearForSeconds: 30,
  }),
  // Whoever opens it is trusted with it, and everyone is told.
  shipped("break-glass", "warn", {
    expression: { metric: "break_glass_open", fn: "value" },
    threshold: 1,
    clearThreshold: 0,
    forSeconds: 0,
    clearForSeconds: 0,
  }),
  // As old as figures may be before pages call them history (STALE_SECONDS).
  shipped("watch-stopped", "page", {
    expression: { metric: "watch_age_seconds", fn: "value" },
    threshold: 15,
    clearThreshold: 10,
    forSeconds: 0,
    clearForSeconds: 10,
  }),
];

export const isShipped = (id: string): id is ShippedRuleId => SHIPPED_RULES.some((rule) => rule.id === id);

/** The rule's name and runbook in English. */
export function wordsOf(rule: { id: string; name: string | null; runbook: string | null }) {
  const own = isShipped(rule.id) ? words.rules[rule.id] : null;
  return { name: rule.name ?? own?.name ?? rule.id, runbook: rule.runbook ?? own?.runbook ?? "" };
}

/** What an alert says in English: the shipped sentence, or the rule's own name and where. */
export function sentenceOf(rule: { id: string; name: string | null }, label: string): string {
  if (rule.name === null && isShipped(rule.id)) return words.rules[rule.id].says.replace("{node}", label);
  const { name } = wordsOf({ ...rule, runbook: null });
  return label ? `${label}: ${name}` : name;
}
