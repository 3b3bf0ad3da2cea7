import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import type { Actor } from "@/lib/rbac/actor";
import { PERMISSIONS } from "@/lib/rbac/permissions";
import { hashApiKey } from "./api-keys";

/** How long a revoked key may still be taken for good. */
const TRUST_MS = 10_000;

// Wrong keys are kept too, so that trying them does not reach the database each time; the oldest are dropped.
const MOST_KEYS = 10_000;

export type ApiKeyVerifier = (key: string) => Promise<Actor | null>;

/**
 * Who an API key belongs to, or null for a key that is unknown or revoked. Asks the database at most once in 10 s for each
 * key, and then notes when it was last used (a machine write: using a key is not an act of its own). One verifier a process.
 */
export function createApiKeyVerifier(options: { pool: Pool; nowMs: () => number }): ApiKeyVerifier {
  const known = new LRUCache<string, { service: Promise<Actor | null>; askedAtMs: number }>({ max: MOST_KEYS });
  return (key) => {
    const hash = hashApiKey(key);
    const cacheKey = hash.toString("base64");
    const cached = known.get(cacheKey);
    if (cached && options.nowMs() - cached.askedAtMs < TRUST_MS) return cached.service;
    const service = findService(options.pool, hash);
    known.set(cacheKey, { service, askedAtMs: options.nowMs() });
    // a database that is away says nothing about the key
    service.catch(() => known.delete(cacheKey));
    return service;
  };
}

async function findService(pool: Pool, hash: Buffer): Promise<Actor | null> {
  const found = await pool.query<{ id: string; name: string; permissions: string[] }>({
    name: "api-key-verify",
    text: `update api_keys set last_used_at = now() where key_hash = $1 and revoked_at is null
           returning id, name, permissions`,
    values: [hash],
  });
  const row = found.rows[0];
  if (!row) return null;
  const permissions = PERMISSIONS.filter((permission) => row.permissions.includes(permission));
  return { kind: "service", id: row.id, name: row.name, permissions };
}
