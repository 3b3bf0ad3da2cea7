import type { Pool } from "pg";
import { AppError } from "@/lib/errors";
import { PRESENCE_STATES, type PresenceState } from "@/lib/events/schemas";
import { countCohorts, type StateCounts } from "./read-counts";
import { countDoubted, countEach, readSweptNodes } from "./read-found";
import { seenSince, type ClientFilters, type SeenName } from "./search-filters";

// PostgreSQL query_canceled: the statement's time was over.
const TOOK_TOO_LONG = "57014";

interface Asked {
  filters: ClientFilters;
  clientIds: readonly string[] | null;
  now: Date;
}

/**
 * How many clients fit filters, by state. In milliseconds at any number of clients: from the counters where they know the words of the filter, by
 * looking at each of a list, of the few that are flapping, of those in doubt. Looked at each, too, are clients "seen lately" of nodes whose last
 * sweep is older than that. Clients that never connected are in none. Throws LIMIT when that took too long.
 */
export async function countClients(pool: Pool, of: Asked): Promise<StateCounts> {
  const { filters, clientIds } = of;
  if (clientIds !== null || filters.flapping) return countLooked(countEach(pool, of));
  const counts = await (filters.seen ? countSeen(pool, of, filters.seen) : countCohorts(pool, filters));
  if (filters.states.length > 0)
    for (const state of PRESENCE_STATES) if (!filters.states.includes(state)) counts[state] = 0;
  return counts;
}

/** Of nodes swept since, all that are not in doubt are proven, whatever their state; of the others each is looked at, where there are any. */
async function countSeen(pool: Pool, { filters, now }: Asked, seen: SeenName): Promise<StateCounts> {
  const since = seenSince(seen, now);
  const { swept, others } = await readSweptNodes(pool, since);
  const onlyOf = (nodes: readonly string[]): ClientFilters => ({
    ...filters,
    nodes: nodes.filter((node) => filters.nodes.length === 0 || filters.nodes.includes(node)),
  });
  const proven = await countProven(pool, { filters: { ...onlyOf(swept), seen: null }, since, now });
  const rest = onlyOf(others);
  if (totalOf(await countNodes(pool, rest)) === 0) return proven;
  const looked = await countLooked(countEach(pool, { filters: rest, clientIds: null, now }));
  return byState((state) => proven[state] + looked[state]);
}

async function countProven(pool: Pool, of: { filters: ClientFilters; since: Date; now: Date }): Promise<StateCounts> {
  const [all, doubted] = await Promise.all([
    countNodes(pool, of.filters),
    countLooked(countDoubted(pool, { ...of, before: of.since })),
  ]);
  return byState((state) => Math.max(0, all[state] - doubted[state]));
}

/** By the counters, of these nodes only: none where there is none. */
const countNodes = async (pool: Pool, filters: ClientFilters): Promise<StateCounts> =>
  filters.nodes.length === 0 ? byState(() => 0) : countCohorts(pool, filters);

const byState = (countOf: (state: PresenceState) => number): StateCounts => ({
  online: countOf("online"),
  unknown: countOf("unknown"),
  offline_queued: countOf("offline_queued"),
  offline_gone: countOf("offline_gone"),
});

const totalOf = (counts: StateCounts): number => PRESENCE_STATES.reduce((sum, state) => sum + counts[state], 0);

async function countLooked(looking: ReturnType<typeof countEach>): Promise<StateCounts> {
  const found = new Map((await looking.catch(tookTooLong)).map(({ state, clients }) => [state, clients]));
  return byState((state) => found.get(state) ?? 0);
}

function tookTooLong(error: unknown): never {
  if (!(error instanceof Error && "code" in error && error.code === TOOK_TOO_LONG)) throw error;
  throw new AppError("LIMIT", "There are too many clients to look at each. Narrow by node, platform or app version.", {
    cause: error,
  });
}
