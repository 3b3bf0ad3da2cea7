import type { Pool } from "pg";
import { readVerb } from "@/lib/audit/verb";
import { prepared } from "@/lib/db/prepared";
import type { Context } from "@/lib/rbac/context";
import type { Candidates } from "./find-candidates";
import { readCounts } from "./read-counts";
import { readStretch } from "./read-found";
import { findWay } from "./find-way";
import { countFacets, scaled, summed } from "./facets";
import { countFoundSchema, type Facets, type FoundCounts } from "./search-schemas";

/** Counted up to this many, which costs about a millisecond; beyond, an estimate is as good as is needed. */
const MOST_COUNTED = 1_000;
/** Looked at to say which they are: a share of a half is then right within 4 of 100, nearly always; about 40 ms. */
const SAMPLE = 500;

/**
 * How many clients a search finds and which they are, whatever the filters: exact up to SAMPLE, beyond that a sample's shares of about
 * how many there are. `stage`, of the search's answer, says by what they were found. Names nobody, so it is no look at a person.
 */
export const countFound = readVerb({
  permission: "presence.read",
  input: countFoundSchema,
  work: async (ctx, input): Promise<FoundCounts> => {
    if (input.stage === "newest") return fleetFacets(ctx);
    const pool = ctx.db.search;
    const found = await findWay(pool, input);
    if (!found) return { total: { count: 0, about: false }, facets: countFacets([]) };
    const { candidates } = found;
    const { rows, examined } = await readStretch(pool, {
      candidates,
      after: null,
      limit: SAMPLE,
      filters: null,
      now: ctx.now(),
    });
    const facets = countFacets(rows);
    if (examined < SAMPLE) return { total: { count: rows.length, about: candidates.isPartial ?? false }, facets };
    const total = await estimateTotal(pool, candidates);
    return { total: { count: total, about: true }, facets: scaled(facets, { sample: rows.length, total }) };
  },
});

/** About how many a reading finds: counted as far as that is cheap, beyond that the planner's estimate. */
async function estimateTotal(pool: Pool, candidates: Candidates): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    prepared(candidates.count(String(MOST_COUNTED + 1)), [...candidates.values]),
  );
  const counted = rows[0]?.n ?? 0;
  if (counted <= MOST_COUNTED) return counted;
  const plan = await pool.query<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(
    `explain (format json) ${candidates.estimate}`,
    [...candidates.values],
  );
  return Math.max(counted, plan.rows[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0);
}

/** The whole fleet by the counters that every change keeps: exact, in a few milliseconds. */
async function fleetFacets(ctx: Context): Promise<FoundCounts> {
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
