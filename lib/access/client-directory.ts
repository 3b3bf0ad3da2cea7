import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import type { Grant, TopicAsker } from "./topic-rules";
import type { GrantAction } from "./schemas";

export interface KnownClient extends TopicAsker {
  personId: string;
}

/**
 * What decisions about devices need from the store, kept in memory: whose a client is, and what a person was granted.
 * A store that does not answer within `TIMEOUT_MS` never refuses a device: the client counts as not known, the person as granted
 * what was last seen, and the next ask looks again.
 */
export interface ClientDirectory {
  findClient: (clientId: string) => Promise<KnownClient | null>;
  remember: (client: KnownClient) => void;
  grantsOf: (personId: string) => Promise<readonly Grant[]>;
  forgetGrants: (personId: string) => void;
  /** After notifications may have been missed. */
  forgetAllGrants: () => void;
}

const TIMEOUT_MS = 250;
// About 300 bytes each. A guess to revisit with the hooks benchmark.
const MOST_CLIENTS = 500_000;
const MOST_PEOPLE = 200_000;

export function createClientDirectory(pool: Pool): ClientDirectory {
  const clients = new LRUCache<string, KnownClient>({ max: MOST_CLIENTS });
  const grants = new LRUCache<string, readonly Grant[]>({ max: MOST_PEOPLE });

  return {
    findClient: async (clientId) => {
      const known = clients.get(clientId);
      if (known) return known;
      const found = await answerWithin(loadClient(pool, clientId), TIMEOUT_MS);
      if (found) clients.set(clientId, found);
      return found ?? null;
    },
    remember: (client) => {
      clients.set(client.clientId, client);
    },
    grantsOf: async (personId) => {
      const known = grants.get(personId);
      if (known) return known;
      const found = await answerWithin(loadGrants(pool, personId), TIMEOUT_MS);
      if (found) grants.set(personId, found);
      return found ?? [];
    },
    forgetGrants: (personId) => {
      grants.delete(personId);
    },
    forgetAllGrants: () => grants.clear(),
  };
}

async function loadClient(pool: Pool, clientId: string): Promise<KnownClient | null> {
  const result = await pool.query<{ person_id: string | null; platform: string | null; app_version: string | null }>({
    name: "find-client",
    text: "select person_id, platform, app_version from clients where client_id = $1",
    values: [clientId],
  });
  const row = result.rows[0];
  // Of a client found by a sweep nobody knows the person: its next sign-in binds it.
  return row?.person_id
    ? { clientId, personId: row.person_id, platform: row.platform, appVersion: row.app_version }
    : null;
}

async function loadGrants(pool: Pool, personId: string): Promise<readonly Grant[]> {
  const result = await pool.query<{ topic_filter: string; action: GrantAction; expires_at: Date | null }>({
    name: "grants-of",
    // A person with more grants than this keeps the newest: bounded, as every list here.
    text: `select topic_filter, action, expires_at from grants
           where person_id = $1 and (expires_at is null or expires_at > now()) order by created_at desc limit 1000`,
    values: [personId],
  });
  return result.rows.map((row) => ({
    topicFilter: row.topic_filter,
    action: row.action,
    expiresAtMs: row.expires_at?.getTime() ?? null,
  }));
}

/** The answer, or undefined when it fails or takes longer than `ms`. */
async function answerWithin<T>(answer: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
