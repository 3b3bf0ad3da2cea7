import type { Pool } from "pg";
import { clientKeyOf } from "./client-key";
import type { FoldedClient } from "./fold-events";
import { writeLateSessions } from "./write-late-sessions";
import { writeStates } from "./write-states";

// Two gateways write of one client at once only as it moves between their nodes; a third time in a row is no chance.
const MOST_DEADLOCKS = 3;
const DEADLOCK = "40P01";

/**
 * Of PostgreSQL, for a connection that writes presence: its statements take longer to plan than to run, so their plans are kept, and
 * none may rest on a table having been empty when it was made.
 */
export const WRITE_SETTINGS = { plan_cache_mode: "auto", enable_seqscan: "off" } as const;

/**
 * Machine write: what one gateway's batch says of its clients, one entry each: states, history and notification in one statement, and
 * only where it tells of a time before what was known, as after an outage, a second look at the history of those clients.
 * Returns how many states changed. Safe to repeat: where the second look fails, the whole batch is to be written again.
 *
 * The statement locks what began before what ended, each by key: two gateways can wait for each other where one's beginning is the
 * other's ending. PostgreSQL then gives one of them up, and it is written again.
 */
export async function writePresence(pool: Pool, batch: readonly FoldedClient[]): Promise<number> {
  const keyed = batch
    .map((fold) => ({ key: clientKeyOf(fold.clientId), fold }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { changed, late } = await againAfterDeadlock(() => writeStates(pool, keyed));
  const lateKeys = new Set(late);
  if (late.length > 0)
    await againAfterDeadlock(() =>
      writeLateSessions(
        pool,
        keyed.filter(({ key }) => lateKeys.has(key)),
      ),
    );
  return changed;
}

async function againAfterDeadlock<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await write();
    } catch (error) {
      const isDeadlock = error instanceof Error && "code" in error && error.code === DEADLOCK;
      if (!isDeadlock || attempt === MOST_DEADLOCKS) throw error;
    }
}
