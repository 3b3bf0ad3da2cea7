import { z } from "zod";
import { FAILED_SQL, isoSql } from "./log-conditions";
import type { AskLog } from "./log-reader";
import { GAP_REASONS } from "./place-gaps";

const place = { n: z.number(), at: z.string() };

const failsSchema = z.object({
  ...place,
  endpoint: z.string(),
  /** Null: no answer came. */
  status: z.number().nullable(),
  count: z.number(),
  /** All calls of the endpoint. */
  of: z.number(),
  until: z.string(),
});
const unauthorizedSchema = z.object({
  ...place,
  count: z.number(),
  /** The first try to refresh the token after that; null when there was none. */
  refresh: z.object({ ...place, status: z.number().nullable() }).nullable(),
});
const loopSchema = z.object({
  ...place,
  /** Of a loop of refreshes, null: 401 and refreshes took turns. */
  endpoint: z.string().nullable(),
  count: z.number(),
  until: z.string(),
});
const gapSchema = z.object({ ...place, reason: z.enum(GAP_REASONS), ms: z.number() });

/** What rules find in a log, for sentences that name their lines: `n` is the line each begins at. */
export interface LogFindings {
  /** Endpoints that answered with the same failure, the most often first. */
  fails: z.output<typeof failsSchema>[];
  /** Calls refused with 401, and what became of the token's refresh. */
  unauthorized: z.output<typeof unauthorizedSchema> | null;
  /** The same failing call again and again, or refreshes that lead to no end of 401. */
  loops: z.output<typeof loopSchema>[];
  /** The longest stretches without lines. */
  gaps: z.output<typeof gapSchema>[];
}

const MOST_FAILS = 3;
const MOST_LOOPS = 3;
const MOST_GAPS = 3;
// Tries further apart are no loop; fewer are patience. Guesses to revisit.
const LOOP_SECONDS = 60;
const LOOP_CALLS = 4;

/** Asks a log for all that its summary says in words. */
export async function selectFindings(ask: AskLog): Promise<LogFindings> {
  const [fails, unauthorized, refresh, retries, refreshes, gaps] = await Promise.all([
    ask(FAILS_SQL),
    ask(UNAUTHORIZED_SQL),
    ask(REFRESH_SQL),
    ask(loopSql(FAILED_SQL, "endpoint")),
    ask(REFRESH_LOOP_SQL),
    ask(GAPS_SQL),
  ]);
  const [refused] = z.array(unauthorizedSchema.omit({ refresh: true })).parse(unauthorized);
  const [refreshed = null] = z.array(z.object({ ...place, status: z.number().nullable() })).parse(refresh);
  return {
    fails: z.array(failsSchema).parse(fails),
    unauthorized: refused ? { ...refused, refresh: refreshed } : null,
    loops: z
      .array(loopSchema)
      .parse([...refreshes, ...retries])
      .slice(0, MOST_LOOPS),
    gaps: z.array(gapSchema).parse(gaps),
  };
}

const FAILS_SQL = `
with groups as (
  select endpoint, status, count(*)::integer as count, min(n) as n, min(t) as began, max(t) as ended
  from read_parquet($file) where ${FAILED_SQL} group by endpoint, status order by count desc, n limit ${MOST_FAILS}
)
select n, ${isoSql("began")} as "at", ${isoSql("ended")} as "until", endpoint, status, count,
  (select count(*)::integer from read_parquet($file) where endpoint = groups.endpoint) as "of"
from groups order by count desc, n`;

// Where apps get a new token: /auth/refresh, /oauth2/token, /v1/session/renew
const IS_REFRESH = "regexp_matches(endpoint, '(refresh|renew|oauth[0-9]?/token|auth/token)', 'i')";
const IS_REFUSED = `(status = 401 and not ${IS_REFRESH})`;

const UNAUTHORIZED_SQL = `
select min(n) as n, ${isoSql("min(t)")} as "at", count(*)::integer as count
from read_parquet($file) where ${IS_REFUSED} having count(*) >= 2`;

const REFRESH_SQL = `
select n, ${isoSql("t")} as "at", status from read_parquet($file)
where ${IS_REFRESH} and n > (select min(n) from read_parquet($file) where ${IS_REFUSED}) order by n limit 1`;

/** Runs of lines that follow one another within a minute, those of one endpoint together. */
const loopSql = (which: string, by: string): string => `
with picked as (
  select n, t, endpoint, status, t - lag(t) over (partition by ${by} order by n) as since from read_parquet($file) where ${which}
), runs as (
  select *, count(*) filter (where since is null or since > interval ${LOOP_SECONDS} second)
    over (partition by ${by} order by n rows unbounded preceding) as run
  from picked
)
select min(n) as n, ${isoSql("min(t)")} as "at", ${isoSql("max(t)")} as "until", count(*)::integer as count,
  case when count(distinct endpoint) = 1 then any_value(endpoint) end as endpoint
from runs group by ${by}, run having count(*) >= ${LOOP_CALLS} order by count desc, n limit ${MOST_LOOPS}`;

const REFRESH_LOOP_SQL = loopSql(`(${IS_REFUSED} or ${IS_REFRESH})`, "true").replace(
  "order by count desc",
  `and count(*) filter (where ${IS_REFRESH}) >= 2 and count(*) filter (where ${IS_REFUSED}) >= 2 order by count desc`,
);

const GAPS_SQL = `
select n, ${isoSql("t")} as "at", error as reason, ms from read_parquet($file) where kind = 'gap' order by ms desc, n limit ${MOST_GAPS}`;
