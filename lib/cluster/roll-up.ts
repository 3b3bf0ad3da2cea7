import type pg from "pg";
import { inPoolTransaction } from "@/lib/db/pool-transaction";
import { STALE_SECONDS } from "./terms";
import { SERIES_METRICS, type SeriesMetric } from "./schemas";
import { isPair, riseOf } from "./rise-of";

/**
 * The roll-ups: minutes from samples, hours from minutes. Whoever writes a sample marks its minute as due in the same
 * statement (record-samples.ts), and each rolled-up minute marks its hour. Rolling up takes marks away and computes those
 * minutes anew in one transaction, so that each ends up with all of its samples however late they came, whoever crashed,
 * and whatever the number of workers: a writer's mark is a row lock, which a roll-up passes by until the writer is done.
 */

// Of one transaction: an hour of minutes from samples of 64 nodes takes well under a second.
const MOST_MINUTES = 60;
const MOST_HOURS = 12;

/** Machine-only: rolls up the oldest due minutes, at most an hour of them. Gives how many; 0 when nothing is due. */
export const rollUpMinutes = (pool: pg.Pool): Promise<number> =>
  rollUp(pool, { stepSeconds: 60, most: MOST_MINUTES, sql: MINUTES });

/** Machine-only: rolls up the oldest due hours, the one under way included. Gives how many; 0 when nothing is due. */
export const rollUpHours = (pool: pg.Pool): Promise<number> =>
  rollUp(pool, { stepSeconds: 3600, most: MOST_HOURS, sql: HOURS });

const rollUp = (pool: pg.Pool, of: { stepSeconds: number; most: number; sql: string }): Promise<number> =>
  inPoolTransaction(pool, async (client) => {
    // Of one stretch, so that the samples between its ends are all of it.
    const { rows } = await client.query<{ at: Date }>(
      `select at from series_due where step_seconds = $1 and at < (
         select min(at) + make_interval(secs => $1 * $2::int) from series_due where step_seconds = $1)
       order by at for update skip locked`,
      [of.stepSeconds, of.most],
    );
    const due = rows.map((row) => row.at);
    if (due.length > 0) {
      await client.query("delete from series_due where step_seconds = $1 and at = any($2)", [of.stepSeconds, due]);
      await client.query(of.sql, [due]);
    }
    return due.length;
  });

// Positions come from the code's own list, so the statement has no outside part.
const places = (column: (metric: SeriesMetric, place: number, isCounter: boolean) => string): string =>
  `array[${SERIES_METRICS.map((metric, index) => column(metric.name, index + 1, metric.kind === "counter")).join(", ")}]::real[]`;

const SAMPLE_OF = {
  average: places((metric, place, isCounter) =>
    isCounter
      ? `sum(${riseOf(metric)}) filter (where ${isPair(metric)}) / nullif(sum(s) filter (where ${isPair(metric)}), 0)`
      : `avg(v[${place}])`,
  ),
  low: places((metric, place, isCounter) =>
    isCounter ? `min(${riseOf(metric)} / s) filter (where ${isPair(metric)})` : `min(v[${place}])`,
  ),
  high: places((metric, place, isCounter) =>
    isCounter ? `max(${riseOf(metric)} / s) filter (where ${isPair(metric)})` : `max(v[${place}])`,
  ),
};

const MINUTES = `
with pairs as (
  select node_id, at, "values" as v, lag("values") over earlier as p,
    extract(epoch from at - lag(at) over earlier)::float8 as s
  from series_samples
  where at >= ($1::timestamptz[])[1] - make_interval(secs => ${STALE_SECONDS})
    and at < ($1::timestamptz[])[cardinality($1::timestamptz[])] + interval '1 minute'
  window earlier as (partition by node_id order by at)
), rolled as (
  insert into series_minutes (node_id, at, samples, seconds, average, low, high)
  select node_id, date_trunc('minute', at), count(*), coalesce(sum(s) filter (where s <= ${STALE_SECONDS}), 0),
    ${SAMPLE_OF.average}, ${SAMPLE_OF.low}, ${SAMPLE_OF.high}
  from pairs where date_trunc('minute', at) = any($1) group by 1, 2
  on conflict (node_id, at) do update set samples = excluded.samples, seconds = excluded.seconds,
    average = excluded.average, low = excluded.low, high = excluded.high
  returning at
)
insert into series_due (step_seconds, at) select distinct 3600, date_trunc('hour', at) from rolled
on conflict (step_seconds, at) do update set at = excluded.at`;

const MINUTE_OF = {
  average: places((_, place, isCounter) => {
    const weight = isCounter ? "seconds" : "samples";
    const isKnown = `average[${place}] is not null`;
    return `sum(average[${place}]::float8 * ${weight}) / nullif(sum(${weight}) filter (where ${isKnown}), 0)`;
  }),
  low: places((_, place) => `min(low[${place}])`),
  high: places((_, place) => `max(high[${place}])`),
};

const HOURS = `
insert into series_hours (node_id, at, samples, seconds, average, low, high)
select node_id, date_trunc('hour', at), sum(samples), sum(seconds), ${MINUTE_OF.average}, ${MINUTE_OF.low}, ${MINUTE_OF.high}
from series_minutes
where at >= ($1::timestamptz[])[1] and at < ($1::timestamptz[])[cardinality($1::timestamptz[])] + interval '1 hour'
  and date_trunc('hour', at) = any($1)
group by 1, 2
on conflict (node_id, at) do update set samples = excluded.samples, seconds = excluded.seconds,
  average = excluded.average, low = excluded.low, high = excluded.high`;
