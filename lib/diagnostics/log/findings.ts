import { z } from "zod";
import { FAILED_SQL, isoSql } from "./log-conditions";
import type { AskLog } from "./ask-log";
import type { LogLoop, LoopTold } from "./loops";
import { GAP_REASONS } from "./place-gaps";
import { REFRESH_PATTERN } from "./refresh";

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
const gapSchema = z.object({ ...place, reason: z.enum(GAP_REASONS), ms: z.number() });

/** What rules find in a log, for sentences that name their lines: `n` is the line each begins at. */
export interface LogFindings {
  /** Endpoints that answered with the same failure, the most often first. */
  fails: z.output<typeof failsSchema>[];
  /** Calls refused with 401, and what became of the token's refresh. */
  unauthorized: z.output<typeof unauthorizedSchema> | null;
  /** The longest loops, those that the table folds. */
  loops: LoopTold[];
  /** The longest stretches without lines. */
  gaps: z.output<typeof gapSchema>[];
}

const MOST_FAILS = 3;
const MOST_LOOPS = 3;
const MOST_GAPS = 3;

/** Asks a log for all that its summary says in words, with its loops. */
export async function selectFindings(ask: AskLog, loops: readonly LogLoop[]): Promise<LogFindings> {
  const [fails, unauthorized, refresh, gaps] = await Promise.all([
    ask(FAILS_SQL),
    ask(UNAUTHORIZED_SQL),
    ask(REFRESH_SQL),
    ask(GAPS_SQL),
  ]);
  const [refused] = z.array(unauthorizedSchema.omit({ refresh: true })).parse(unauthorized);
  const [refreshed = null] = z.array(z.object({ ...place, status: z.number().nullable() })).parse(refresh);
  return {
    fails: z.array(failsSchema).parse(fails),
    unauthorized: refused ? { ...refused, refresh: refreshed } : null,
    loops: loops
      .toSorted((a, b) => b.told.lines - a.told.lines)
      .slice(0, MOST_LOOPS)
      .map(({ told }) => told),
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

const IS_REFRESH = `regexp_matches(endpoint, '${REFRESH_PATTERN}', 'i')`;
const IS_REFUSED = `(status = 401 and not ${IS_REFRESH})`;

const UNAUTHORIZED_SQL = `
select min(n) as n, ${isoSql("min(t)")} as "at", count(*)::integer as count
from read_parquet($file) where ${IS_REFUSED} having count(*) >= 2`;

const REFRESH_SQL = `
select n, ${isoSql("t")} as "at", status from read_parquet($file)
where ${IS_REFRESH} and n > (select min(n) from read_parquet($file) where ${IS_REFUSED}) order by n limit 1`;

const GAPS_SQL = `
select n, ${isoSql("t")} as "at", error as reason, ms from read_parquet($file) where kind = 'gap' order by ms desc, n limit ${MOST_GAPS}`;
