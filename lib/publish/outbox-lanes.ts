import type pg from "pg";
import { openLockConnection } from "@/lib/db/lock-connection";
import type { Log } from "@/lib/log/log";

/** Parts the outbox is drained in; a power of two, and the most publishers that can drain at once. */
export const LANES = 8;

// Advisory locks (LOCK_CLASS, lane); MEMBER is held shared by every publisher, to be counted. Any number, one for all.
const LOCK_CLASS = 5_130_418;
const MEMBER = LANES;

export interface OutboxLanes {
  /** Lanes this process may drain now. */
  held: () => readonly number[];
  /** Takes free lanes up to a fair share, and gives back those above it that `isIdle`. Throws when the database is away. */
  balance: (isIdle: (lane: number) => boolean) => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Shares the outbox among publishers, by session locks of PostgreSQL on a connection of its own.
 * A lane is free → held (lock taken) → leaving (above the fair share: nothing new is taken) → free (nothing under way any
 * more). A lost connection or a killed process frees its lanes at once; what it had under way is sent again by the next
 * holder. Trades evenness (8 lanes over n publishers) for having no claims, leases or clocks in the rows.
 */
export function openOutboxLanes(options: { url: string; log: Log }): OutboxLanes {
  let client: pg.Client | null = null;
  const held = new Set<number>();
  const leaving = new Set<number>();

  const lost = (which: pg.Client): void => {
    if (client !== which) return;
    client = null;
    held.clear();
    leaving.clear();
  };

  const connect = async (): Promise<pg.Client> => {
    const next = await openLockConnection({
      ...options,
      applicationName: "liveconnect-outbox-lanes",
      holds: "outbox lanes",
      onLost: lost,
    });
    await next.query("select pg_advisory_lock_shared($1, $2)", [LOCK_CLASS, MEMBER]);
    client = next;
    return next;
  };

  const balance = async (isIdle: (lane: number) => boolean): Promise<void> => {
    const on = client ?? (await connect());
    try {
      const fairShare = Math.ceil(LANES / (await countMembers(on)));
      for (const lane of [...held].slice(fairShare)) leaving.add(lane);
      for (const lane of [...leaving].filter(isIdle)) {
        await on.query("select pg_advisory_unlock($1, $2)", [LOCK_CLASS, lane]);
        held.delete(lane);
        leaving.delete(lane);
      }
      for (let lane = 0; lane < LANES && held.size < fairShare; lane++)
        if (!held.has(lane) && (await tryLock(on, lane))) held.add(lane);
    } catch (error) {
      // whether a lock was taken is not known: end the session, and all of them are free
      lost(on);
      on.end().catch(() => undefined);
      throw error;
    }
  };

  return {
    held: () => [...held].filter((lane) => !leaving.has(lane)),
    balance,
    close: async () => {
      const last = client;
      if (last) lost(last);
      await last?.end();
    },
  };
}

async function countMembers(client: pg.Client): Promise<number> {
  const found = await client.query<{ members: number }>(
    `select count(*) as members from pg_locks
     where locktype = 'advisory' and granted and mode = 'ShareLock' and classid = $1 and objid = $2
       and database = (select oid from pg_database where datname = current_database())`,
    [LOCK_CLASS, MEMBER],
  );
  return Math.max(1, found.rows[0]?.members ?? 1);
}

async function tryLock(client: pg.Client, lane: number): Promise<boolean> {
  const tried = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1, $2) as got", [LOCK_CLASS, lane]);
  return tried.rows[0]?.got ?? false;
}
