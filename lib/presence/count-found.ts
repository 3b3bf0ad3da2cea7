import type { Pool } from "pg";
import type { Candidates } from "./find-candidates";
import type { Context } from "@/lib/rbac/context";
import { readCounts } from "./read-counts";
import { MOST_COUNTED, type FoundRow } from "./read-found";
import type { Count, Facets } from "./search-schemas";

/** About how many a reading finds: counted as far as that is cheap, beyond that the planner's estimate. */
export async function estimateTotal(pool: Pool, candidates: Candidates, counted: number): Promise<number> {
  if (counted <= MOST_COUNTED) return counted;
  const plan = await pool.query<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(
    `explain (format json) ${candidates.estimate}`,
    [...candidates.values],
  );
  return Math.max(counted, plan.rows[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0);
}

/** The whole fleet by the counters that every change keeps: exact, in a few milliseconds. */
export async function fleetFacets(ctx: Context): Promise<{ total: Count; facets: Facets }> {
  const { states, nodes, cohorts } = await readCounts(ctx, {});
  const by = (key: "platform" | "appVersion") => summed(cohorts.map((one) => ({ value: one[key], count: allOf(one) })));
  return {
    total: { count: allOf(states), about: false },
    facets: {
      states,
      nodes: summed(nodes.map((one) => ({ value: one.node, count: allOf(one) }))),
      platforms: by("platform"),
      appVersions: by("appVersion"),
      about: false,
    },
  };
}

const allOf = (counts: Facets["states"]): number =>
  counts.online + counts.unknown + counts.offline_queued + counts.offline_gone;

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

const tally = (values: readonly (string | null)[]): Facets["nodes"] =>
  summed(values.map((value) => ({ value, count: 1 })));

/** Counts of equal values together, most first; what is not known is none. */
function summed(counts: readonly { value: string | null; count: number }[]): Facets["nodes"] {
  const sums = new Map<string, number>();
  for (const { value, count } of counts) if (value !== null) sums.set(value, (sums.get(value) ?? 0) + count);
  return [...sums].map(([value, count]) => ({ value, count })).toSorted((one, other) => other.count - one.count);
}
