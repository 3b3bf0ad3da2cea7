import type { Pool } from "pg";
import { clientKeyOf } from "./client-key";
import type { FoldedClient } from "./fold-events";
import { writeLateSessions } from "./write-late-sessions";
import { writeStates } from "./write-states";

/**
 * Machine write: what one gateway's batch says of its clients, one entry each: states, history and notification in one statement, and
 * only where it tells of a time before what was known, as after an outage, a second look at the history of those clients.
 * Returns how many states changed. Safe to repeat: where the second look fails, the whole batch is to be written again.
 */
export async function writePresence(pool: Pool, batch: readonly FoldedClient[]): Promise<number> {
  const keyed = batch
    .map((fold) => ({ ...fold, key: clientKeyOf(fold.clientId) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { changed, late } = await writeStates(pool, keyed);
  const lateKeys = new Set(late);
  if (late.length > 0)
    await writeLateSessions(
      pool,
      keyed.filter(({ key }) => lateKeys.has(key)),
    );
  return changed;
}
