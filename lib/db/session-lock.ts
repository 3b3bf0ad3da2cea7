import type pg from "pg";
import type { Log } from "@/lib/log/log";
import { openLockConnection } from "./lock-connection";

/** A lock that one process among all holds. */
export interface SessionLock {
  /** Takes it if it is free; whether it is held now. Throws when the database is away. */
  take: () => Promise<boolean>;
  close: () => Promise<void>;
}

/**
 * An advisory lock of PostgreSQL on a connection of its own: free → held → (the connection is lost, the process dies) → free. What it
 * guards must be safe for the moment in which a lost connection has not been noticed.
 */
export function openSessionLock(options: {
  url: string;
  lock: number;
  applicationName: string;
  log: Log;
}): SessionLock {
  let client: pg.Client | null = null;
  let held = false;

  const lost = (which: pg.Client): void => {
    if (client !== which) return;
    client = null;
    held = false;
  };

  const connect = async (): Promise<pg.Client> => {
    const next = await openLockConnection({ ...options, holds: "a lock", onLost: lost });
    client = next;
    return next;
  };

  return {
    take: async () => {
      if (held) return true;
      const on = client ?? (await connect());
      const { rows } = await on.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [options.lock]);
      held = client === on && (rows[0]?.got ?? false);
      return held;
    },
    close: async () => {
      const last = client;
      if (last) lost(last);
      await last?.end();
    },
  };
}
