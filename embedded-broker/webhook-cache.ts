import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Clock } from "./clock";
import type { AskedHook } from "./hooks";
import type { HookVerdict } from "./webhook-verdict";

// VerneMQ's cache has no bound; a guess, far above one node's connections.
const MAX_ENTRIES = 100_000;
// VerneMQ webhooks: the arguments an answer is cached for are all but these.
const NOT_CACHED_FOR = new Set(["peer_port", "payload"]);

/** Answers of `auth_on_*` hooks kept for their `cache-control: max-age`. Only "ok" is ever kept. */
export interface WebhookCache {
  find: (hook: AskedHook, body: object) => HookVerdict | null;
  keep: (hook: AskedHook, body: object, answer: { verdict: HookVerdict; cacheControl: string | undefined }) => void;
}

/** A cache of one node; it ends with the node. Keys are digests, so that no token stays in it. */
export function createWebhookCache(clock: Clock): WebhookCache {
  const verdicts = new LRUCache<string, HookVerdict>({ max: MAX_ENTRIES });
  return {
    find: (hook, body) => (verdicts.size === 0 ? null : (verdicts.get(keyOf(hook, body)) ?? null)),
    keep: (hook, body, { verdict, cacheControl }) => {
      const maxAgeSeconds = Number(/max-age=(\d+)/.exec(cacheControl ?? "")?.[1] ?? 0);
      if (verdict.status !== "ok" || maxAgeSeconds === 0) return;
      verdicts.set(keyOf(hook, body), verdict, { ttl: Math.max(1, clock.trueMs(maxAgeSeconds * 1_000)) });
    },
  };
}

function keyOf(hook: AskedHook, body: object): string {
  const asked = Object.entries(body).filter(([name]) => !NOT_CACHED_FOR.has(name));
  return createHash("sha256")
    .update(JSON.stringify([hook, asked]))
    .digest("base64");
}
