import type { Pool } from "pg";
import type { Log } from "@/lib/log/log";

/**
 * Who may not connect, in memory, so that a connect never waits for the store.
 * States: empty (before the first read) → as read → … ; a read that fails leaves what was read before.
 * Moved by: `refresh`, to be called when a block changed, and after notifications may have been missed.
 * Trades: while the store was never reached nobody is blocked, since a device is not refused because our store is away.
 */
export interface BlockList {
  isBlocked: (clientId: string, nowMs: number) => boolean;
  /** Reads the blocks that hold. Calls while one is under way lead to one more. Never rejects. */
  refresh: () => Promise<void>;
}

// About 150 bytes each. Blocking more clients than this one by one is not what blocks are for: the newest hold.
const MOST_BLOCKS = 100_000;

export function createBlockList(pool: Pool, log: Log): BlockList {
  let untilMs: ReadonlyMap<string, number> = new Map();
  let reading: Promise<void> | null = null;
  let again = false;

  const read = async (): Promise<void> => {
    do {
      again = false;
      try {
        untilMs = await loadBlocks(pool);
      } catch (error) {
        log.warn({ err: error, known: untilMs.size }, "blocked clients could not be read; those known stay blocked");
      }
    } while (again);
    reading = null;
  };

  return {
    isBlocked: (clientId, nowMs) => (untilMs.get(clientId) ?? 0) > nowMs,
    refresh: () => {
      again = reading !== null;
      reading ??= read();
      return reading;
    },
  };
}

async function loadBlocks(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ client_id: string; until: Date | null }>(
    `select client_id, until from blocked_clients where until is null or until > now() order by blocked_at desc limit $1`,
    [MOST_BLOCKS],
  );
  return new Map(rows.map((row) => [row.client_id, row.until?.getTime() ?? Number.POSITIVE_INFINITY]));
}
