import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import type { Actor } from "@/lib/rbac/actor";
import { PERMISSIONS } from "@/lib/rbac/permissions";
import { hashApiKey } from "./api-keys";

/** How long a key is taken for what it was, when nobody tells that it changed. */
const TRUST_MS = 10_000;

// Wrong keys are kept too, so that trying them does not reach the database each time; the oldest are dropped.
const MOST_KEYS = 10_000;

/** A service with what its key allows it. */
export interface KnownKey {
  actor: Actor & { kind: "service" };
  /** Requests a second; null: as the publisher is configured. */
  ratePerSecond: number | null;
}

export interface ApiKeyVerifier {
  /** Whose key it is, or null for one that is unknown, revoked, or replaced longer ago than its overlap. */
  verify: (key: string) => Promise<KnownKey | null>;
  /** Keys changed, or it is not known whether they did: ask again. */
  forget: () => void;
}

/**
 * Asks the database at most once in 10 s for each key, and then notes when it was last used (a machine write: using a key is not an
 * act of its own). A change of keys is told by `access.apiKeysChanged`; give it to `forget`. One verifier a process.
 */
export function createApiKeyVerifier(options: { pool: Pool; nowMs: () => number }): ApiKeyVerifier {
  const known = new LRUCache<string, { service: Promise<KnownKey | null>; askedAtMs: number }>({ max: MOST_KEYS });
  return {
    forget: () => known.clear(),
    verify: (key) => {
      const hash = hashApiKey(key);
      const cacheKey = hash.toString("base64");
      const cached = known.get(cacheKey);
      if (cached && options.nowMs() - cached.askedAtMs < TRUST_MS) return cached.service;
      const service = findService(options.pool, hash);
      known.set(cacheKey, { service, askedAtMs: options.nowMs() });
      // a database that is away says nothing about the key
      service.catch(() => known.delete(cacheKey));
      return service;
    },
  };
}

async function findService(pool: Pool, hash: Buffer): Promise<KnownKey | null> {
  const found = await pool.query<{
    id: string;
    name: string;
    permissions: string[];
    topic_filters: string[];
    rate_per_second: number | null;
    most_recipients: number | null;
  }>({
    name: "api-key-verify",
    text: `update api_keys set last_used_at = now()
           where revoked_at is null and (key_hash = $1 or (previous_hash = $1 and previous_until > now()))
           returning id, name, permissions, topic_filters, rate_per_second, most_recipients`,
    values: [hash],
  });
  const row = found.rows[0];
  if (!row) return null;
  return {
    actor: {
      kind: "service",
      id: row.id,
      name: row.name,
      permissions: PERMISSIONS.filter((permission) => row.permissions.includes(permission)),
      topicFilters: row.topic_filters,
      mostRecipients: row.most_recipients,
    },
    ratePerSecond: row.rate_per_second,
  };
}
