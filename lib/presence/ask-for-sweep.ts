import type { Pool } from "pg";
import type { SweepReason } from "./schemas";

/**
 * Machine write: makes a subscriber node due for a sweep at once, or all of them when no node is named, because hooks of it may be
 * lost. Safe to repeat: sweeps keep a distance from one another, and one that is due stays due until it began.
 */
export async function askForSweep(
  pool: Pool,
  { nodeId, reason }: { nodeId: number | null; reason: SweepReason },
): Promise<void> {
  await pool.query(
    `update broker_nodes set sweep_wanted_at = clock_timestamp(), sweep_reason = $2
     where role = 'subscriber' and ($1::smallint is null or node_id = $1)`,
    [nodeId, reason],
  );
}
