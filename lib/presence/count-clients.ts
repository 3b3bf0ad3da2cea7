import type { Pool } from "pg";
import { AppError } from "@/lib/errors";
import { PRESENCE_STATES } from "@/lib/events/schemas";
import { countCohorts, type StateCounts } from "./read-counts";
import { countEach } from "./read-found";
import type { ClientFilters } from "./search-filters";

// PostgreSQL query_canceled: the statement's time was over.
const TOOK_TOO_LONG = "57014";

/**
 * How many clients fit filters, by state: from the counters in milliseconds, but for filters the counters do not know (seen, flapping) and
 * for lists, where each client is looked at. Clients that never connected are in none. Throws LIMIT when that took too long.
 */
export async function countClients(
  pool: Pool,
  of: { filters: ClientFilters; clientIds: readonly string[] | null; now: Date },
): Promise<StateCounts> {
  const { filters, clientIds } = of;
  if (clientIds === null && !filters.seen && !filters.flapping) {
    const counts = await countCohorts(pool, filters);
    if (filters.states.length > 0)
      for (const state of PRESENCE_STATES) if (!filters.states.includes(state)) counts[state] = 0;
    return counts;
  }
  const counts: StateCounts = { online: 0, unknown: 0, offline_queued: 0, offline_gone: 0 };
  for (const { state, clients } of await countEach(pool, of).catch(tookTooLong)) counts[state] = clients;
  return counts;
}

function tookTooLong(error: unknown): never {
  if (!(error instanceof Error && "code" in error && error.code === TOOK_TOO_LONG)) throw error;
  throw new AppError("LIMIT", "There are too many clients to look at each. Narrow by node, platform or app version.", {
    cause: error,
  });
}
