import type words from "@/messages/en/alerts.json";

export type ShippedRuleKey = Extract<keyof typeof words.rules, string>;

/** Rules whose words are in the reader's language. Their list is checked against the words by the type. */
const KEYS: Record<ShippedRuleKey, true> = {
  "node-down": true,
  "node-silent": true,
  "node-split": true,
  "connections-falling": true,
  "connects-refused": true,
  "hook-errors": true,
  "hook-latency": true,
  "hooks-failing": true,
  "messages-dropped": true,
  "queues-growing": true,
  "node-far-from-peers": true,
  "scheduler-load": true,
  memory: true,
  "presence-drift": true,
  "log-requests-stuck": true,
  "publisher-disconnected": true,
  "messages-waiting": true,
  "gateway-silent": true,
  "gateway-lag": true,
  "issuer-away": true,
  "break-glass": true,
  "watch-stopped": true,
};

export const ShippedRuleKeys: ReadonlySet<string> = new Set(Object.keys(KEYS));
