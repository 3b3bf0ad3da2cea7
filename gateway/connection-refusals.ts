import { LRUCache } from "lru-cache";
import type { Log } from "@/lib/log/log";
import type { ConnectionRefusal } from "./hook-server";

/** Counts connections that the hooks' listener refused, and tells of each address now and then. */
export interface ConnectionRefusals {
  add: (reason: ConnectionRefusal, address: string | undefined) => void;
  counts: () => Readonly<Record<ConnectionRefusal, number>>;
}

// Whoever is at the door tries again at once; a line an address each 10 minutes tells as much.
const MOST_ADDRESSES = 1_000;
const TOLD_EVERY_MS = 600_000;

export function createConnectionRefusals(log: Log): ConnectionRefusals {
  const counts = { address: 0, handshake: 0 };
  const told = new LRUCache<string, true>({ max: MOST_ADDRESSES, ttl: TOLD_EVERY_MS });
  return {
    counts: () => counts,
    add: (reason, address = "gone") => {
      counts[reason] += 1;
      if (told.has(`${reason} ${address}`)) return;
      told.set(`${reason} ${address}`, true);
      log.warn({ reason, address }, "a connection to the hooks' listener was refused");
    },
  };
}
