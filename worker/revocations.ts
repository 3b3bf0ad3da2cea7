import { endBlockedNetworks } from "@/lib/access/end-blocked-networks";
import { endRefusedConnections } from "@/lib/access/end-refused-connections";
import { finishReleases } from "@/lib/access/finish-releases";
import type { NodeAddress } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { createAskClient } from "@/lib/presence/ask-client";
import { databaseNowUs } from "@/lib/presence/database-clock";
import type { Context } from "@/lib/rbac/context";
import { repeat } from "./cluster-repeat";

// A connection by a revoked token or of a blocked person ends within 5 s; one query on two small partial indexes.
const LOOK_MS = 500;

/** Ends connections that stand by revoked tokens, of blocked people or from blocked networks, and the sessions of clients that are to be nobody's. */
export function startRevocationKeeper(parts: {
  context: () => Context;
  sessions: { broker: Broker; nodes: readonly NodeAddress[]; nowMs: () => number };
}): { close: () => Promise<void> } {
  const stop = new AbortController();
  const { db, log } = parts.context();
  const ask = createAskClient({ ...parts.sessions, databaseNowUs: databaseNowUs(db.pool), log });
  const releasing = repeat({
    everyMs: LOOK_MS,
    signal: stop.signal,
    work: () => finishReleases(parts.context(), { ...parts.sessions, ask }),
    onError: (error) => log.error({ err: error }, "released clients could not be freed; tried again"),
  });
  const looking = repeat({
    everyMs: LOOK_MS,
    signal: stop.signal,
    work: async () => void (await endRefusedConnections(parts.context(), parts.sessions)),
    onError: (error) => log.error({ err: error }, "connections that are refused could not be ended; tried again"),
  });
  // Apart from the others, which promise 5 s: a wide network's clients take their time.
  const emptying = repeat({
    everyMs: LOOK_MS,
    signal: stop.signal,
    work: () => endBlockedNetworks(parts.context(), parts.sessions),
    onError: (error) => log.error({ err: error }, "connections from blocked networks could not be ended; tried again"),
  });
  return {
    close: async () => {
      stop.abort();
      await Promise.all([looking, emptying, releasing]);
    },
  };
}
