import type { Pool } from "pg";
import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { STALE_SECONDS } from "@/lib/cluster/terms";
import type { PresenceState } from "@/lib/events/schemas";
import type { ClientFilters } from "./search-filters";

export type StateCounts = Record<PresenceState, number>;

/** How many clients are in which state, as EFFECTIVE_STATE would say of each. Clients that never connected are in none. */
export interface PresenceCounts {
  states: StateCounts;
  /** By name of the node that holds, or last held, their session. */
  nodes: (StateCounts & { node: string })[];
  /** By platform and app version as the sign-in of the session said, most clients first; at most 1 000. */
  cohorts: (StateCounts & { platform: string | null; appVersion: string | null })[];
}

interface Row extends StateCounts {
  node: string | null;
  platform: string | null;
  app_version: string | null;
  is_cohort: boolean;
}

/**
 * Totals of presence from the counters that every change keeps in its own statement (docs/decisions/0012): a few milliseconds
 * at any number of clients. Exact but for the seconds between a node's new boot and its next sweep, where the sessions that
 * began before the boot was noticed count as ended.
 */
export const readCounts = readVerb({
  permission: "presence.read",
  input: z.object({}),
  work: async (ctx): Promise<PresenceCounts> => {
    const { rows } = await ctx.db.pool.query<Row>(COUNTS);
    return {
      states: statesOf(sum(rows.filter((row) => !row.is_cohort))),
      nodes: rows.flatMap((row) => (row.is_cohort || row.node === null ? [] : [{ node: row.node, ...statesOf(row) }])),
      cohorts: rows
        .filter((row) => row.is_cohort)
        .map((row) => ({ platform: row.platform, appVersion: row.app_version, ...statesOf(row) })),
    };
  },
});

/** Machine write: counts one node's rows and mends its counters, reading all of presence; gives how many were wrong. Safe at any time. */
export async function recountPresence(pool: Pool, nodeName: string): Promise<number> {
  const { rows } = await pool.query<{ wrong: number | null }>(
    "select recount_presence(node_id) as wrong from broker_nodes where name = $1",
    [nodeName],
  );
  return rows[0]?.wrong ?? 0;
}

/** Counts of the clients whose node, platform, app version and kind of session are as asked; exact as `readCounts`. Machine read. */
export async function countCohorts(
  pool: Pool,
  { nodes, platforms, appVersions, session }: Pick<ClientFilters, "nodes" | "platforms" | "appVersions" | "session">,
): Promise<StateCounts> {
  const { rows } = await pool.query<StateCounts>(
    `with ${COUNTED} select ${BY_STATE} from counted
     where (cardinality($1::text[]) = 0 or node = any($1)) and (cardinality($2::text[]) = 0 or platform = any($2))
       and (cardinality($3::text[]) = 0 or app_version = any($3)) and ($4::boolean is null or clean = $4)`,
    [nodes, platforms, appVersions, session === null ? null : session === "clean"],
  );
  return sum(rows.map(statesOf));
}

const COUNTED = `counted as (
  select n.name as node, k.platform, k.app_version, n.state = 'up' and coalesce(n.last_asked_at >= now() - interval '${STALE_SECONDS} seconds', true) as vouched,
    coalesce(k.clean_session, false) as clean, sum(open) as open, sum(lost) as lost, sum(queued) as queued, sum(gone) as gone
  from presence_counts c join broker_nodes n using (node_id) left join presence_cohorts k using (cohort)
  group by 1, 2, 3, 4, 5
)`;

const BY_STATE = `coalesce(sum(open) filter (where vouched), 0)::bigint as online,
  coalesce(sum(open) filter (where not vouched), 0)::bigint as unknown,
  (coalesce(sum(queued), 0) + coalesce(sum(lost) filter (where not clean), 0))::bigint as offline_queued,
  (coalesce(sum(gone), 0) + coalesce(sum(lost) filter (where clean), 0))::bigint as offline_gone`;

const COUNTS = `
with ${COUNTED}
select node, platform, app_version, grouping(node) = 1 as is_cohort, ${BY_STATE}
from counted group by grouping sets ((node), (platform, app_version))
order by is_cohort, sum(open + lost + queued + gone) desc, node, platform, app_version limit 1064`;

const statesOf = ({ online, unknown, offline_queued, offline_gone }: StateCounts): StateCounts => ({
  online,
  unknown,
  offline_queued,
  offline_gone,
});

const sum = (rows: readonly StateCounts[]): StateCounts =>
  rows.reduce(
    (total, row) => ({
      online: total.online + row.online,
      unknown: total.unknown + row.unknown,
      offline_queued: total.offline_queued + row.offline_queued,
      offline_gone: total.offline_gone + row.offline_gone,
    }),
    { online: 0, unknown: 0, offline_queued: 0, offline_gone: 0 },
  );
