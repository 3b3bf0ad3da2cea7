import type { Pool } from "pg";
import { createBatchLookup } from "./batch-lookup";
import { loadClients, loadGrants, type KnownClient } from "./load-askers";
import { createRecentMap } from "./recent-map";
import type { Grant } from "./topic-rules";

/** What is known of a client. `unanswered`: the store did not say in time, so nothing may be concluded. */
export type FoundClient = { status: "known"; client: KnownClient } | { status: "absent" } | { status: "unanswered" };

/**
 * What decisions about devices need from the store, kept in memory: whose a client is, and what a person was granted. Answers at once
 * where memory knows; else all that is asked meanwhile goes in one query, one at a time, on connections of its own, so
 * that neither a storm of unknown clients nor a slow write holds back a connect.
 * A store that does not answer never refuses a device: the client counts as not known, the person as granted nothing, and the
 * next ask looks again.
 */
export interface ClientDirectory {
  findClient: (clientId: string) => FoundClient | Promise<FoundClient>;
  /** Remembers a client unless one with its identifier is remembered already; gives whose it is. */
  claim: (client: KnownClient) => KnownClient;
  /** Remembers what changed of a client that is its person's. */
  remember: (client: KnownClient) => void;
  forgetClient: (clientId: string) => void;
  grantsOf: (personId: string) => readonly Grant[] | Promise<readonly Grant[]>;
  forgetGrants: (personId: string) => void;
  /** After notifications may have been missed. */
  forgetAllGrants: () => void;
}

// About 300 bytes each: 150 MB for a fleet of half a million on one gateway; what falls out is looked up again.
const MOST_CLIENTS = 500_000;
const MOST_PEOPLE = 200_000;

export function createClientDirectory(pool: Pool, nowMs: () => number): ClientDirectory {
  const clients = createRecentMap<KnownClient>(MOST_CLIENTS);
  const grants = createRecentMap<readonly Grant[]>(MOST_PEOPLE);
  const clientLookup = createBatchLookup({ load: (ids) => loadClients(pool, ids), nowMs });
  const grantLookup = createBatchLookup({ load: (ids) => loadGrants(pool, ids), nowMs });
  // A person whose grants changed while they were being read is not remembered with the old ones.
  let grantsVersion = 0;

  return {
    findClient: (clientId) => {
      const known = clients.get(clientId);
      if (known) return { status: "known", client: known };
      return clientLookup(clientId).then((found): FoundClient => {
        if (found.status === "unanswered") return found;
        if (!found.value) return { status: "absent" };
        clients.set(clientId, found.value);
        return { status: "known", client: found.value };
      });
    },
    claim: (client) => {
      const holder = clients.get(client.clientId);
      if (holder) return holder;
      clients.set(client.clientId, client);
      return client;
    },
    remember: (client) => {
      clients.set(client.clientId, client);
    },
    forgetClient: (clientId) => {
      clients.delete(clientId);
    },
    grantsOf: (personId) => {
      const known = grants.get(personId);
      if (known) return known;
      const askedAt = grantsVersion;
      return grantLookup(personId).then((found) => {
        if (found.status === "unanswered") return [];
        const value = found.value ?? [];
        if (askedAt === grantsVersion) grants.set(personId, value);
        return value;
      });
    },
    forgetGrants: (personId) => {
      grantsVersion += 1;
      grants.delete(personId);
    },
    forgetAllGrants: () => {
      grantsVersion += 1;
      grants.clear();
    },
  };
}
