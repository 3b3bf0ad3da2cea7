import type { Pool } from "pg";
import type { Candidates } from "./find-candidates";
import { MOST_COUNTED, readStretch, type FoundRow } from "./read-found";
import type { Facets } from "./search-schemas";

/** Rows that say how a fleet of millions is made up, to about one part in thirty. */
const SAMPLE = 1_000;

/** About how many a reading finds: counted as far as that is cheap, beyond that the planner's estimate. */
export async function estimateTotal(pool: Pool, candidates: Candidates, counted: number): Promise<number> {
  if (counted <= MOST_COUNTED) return counted;
  const plan = await pool.query<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(
    `explain (format json) ${candidates.estimate}`,
    [...candidates.values],
  );
  return Math.max(counted, plan.rows[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0);
}

/** Clients from all over the fleet, the same ones as long as they stand where they are. */
export async function sampleOf(pool: Pool, { total, now }: { total: number; now: Date }): Promise<readonly FoundRow[]> {
  const percent = Math.min(100, (100 * SAMPLE) / Math.max(1, total));
  const { rows } = await readStretch(pool, {
    candidates: {
      values: [percent],
      position: "client",
      sql: ({ after, limit }) => `
        select row_number() over () as ord, client_key, client_key::text as position from presence tablesample system ($1) repeatable (1)
        where ${after}::text is null limit ${limit}`,
      count: () => "select 0 as n",
      estimate: "select",
    },
    after: null,
    limit: SAMPLE * 2,
    filters: null,
    now,
  });
  return rows;
}

/** How many of the rows have which value, most frequent first. */
export function countFacets(rows: readonly FoundRow[]): Facets {
  const states: Facets["states"] = { online: 0, unknown: 0, offline_queued: 0, offline_gone: 0 };
  for (const { state } of rows) states[state] += 1;
  return {
    states,
    nodes: tally(rows.map((row) => row.node)),
    platforms: tally(rows.map((row) => row.platform)),
    appVersions: tally(rows.map((row) => row.app_version)),
    about: false,
  };
}

/** Counts of a sample as counts of the whole. */
export function scaled(facets: Facets, { sample, total }: { sample: number; total: number }): Facets {
  const grow = (count: number): number => (sample === 0 ? 0 : Math.round((count * total) / sample));
  const all = (values: Facets["nodes"]) => values.map(({ value, count }) => ({ value, count: grow(count) }));
  const { online, unknown, offline_queued: queued, offline_gone: gone } = facets.states;
  return {
    states: { online: grow(online), unknown: grow(unknown), offline_queued: grow(queued), offline_gone: grow(gone) },
    nodes: all(facets.nodes),
    platforms: all(facets.platforms),
    appVersions: all(facets.appVersions),
    about: true,
  };
}

function tally(values: readonly (string | null)[]): Facets["nodes"] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).toSorted((a, b) => b.count - a.count);
}
