import type pg from "pg";
import { isPair, riseOf } from "./rise-of";
import { kindOf, positionOf, STALE_SECONDS, type SeriesMetric } from "./schemas";
import { SERIES_LEVELS, type SeriesLevel } from "./series-levels";

/** What one bin of one node holds, in the order of the metrics asked for. */
export interface Bin {
  nodeId: number;
  /** Beginning of the bin. */
  at: Date;
  /** How many samples it holds: of two nodes in one bin, the one with fewer was there for less of it. */
  samples: number;
  /** Gauges: the average. Counters: per second over the time the samples cover. Null: not known. */
  values: (number | null)[];
  /** Counters: how much it rose in the bin. Gauges: null. */
  increases: (number | null)[];
  /** Lowest and highest sample of a gauge, or rate between two neighbouring samples of a counter; empty unless asked for. */
  lows: (number | null)[];
  highs: (number | null)[];
}

export interface BinsQuery {
  metrics: readonly SeriesMetric[];
  nodeIds: readonly number[];
  /** Inclusive. */
  from: Date;
  /** Exclusive. */
  to: Date;
  stepSeconds: number;
  origin: Date;
  /** What is read: samples as taken when absent. `stepSeconds` must be a multiple of its step. */
  level?: SeriesLevel;
  /** Lows and highs too. */
  extremes?: "with_extremes";
}

// 64 nodes with 720 bins each.
const MOST_ROWS = 64 * 720;

/**
 * Samples between `from` and `to` brought together in bins of `stepSeconds`, aligned to `origin`, ordered by time; bins without
 * a sample are absent. One statement; reads every row of the level in the range, so its cost is range × nodes.
 *
 * A counter's rise is the difference to the node's previous sample and belongs to the bin of the later one; what a restart
 * and a hole do to it says rise-of.ts.
 */
export async function queryBins(pool: pg.Pool, query: BinsQuery): Promise<Bin[]> {
  const { metrics, level = SERIES_LEVELS[0] } = query;
  const select = level.table === "series_samples" ? ofSamples : ofRollups;
  const columns = metrics.map((metric, index) => select(metric, index, query.extremes !== undefined)).join(", ");
  const { rows } = await pool.query<{ node_id: number; at: Date; samples: number } & Record<string, number | null>>({
    text: `${level.table === "series_samples" ? SAMPLES : rollupsOf(level.table)}
      select node_id, date_bin(make_interval(secs => $4), at, $5) as at, sum(samples)::int as samples, ${columns}
      from rows where at >= $2 group by 1, 2 order by 2, 1 limit ${MOST_ROWS}`,
    values: [query.nodeIds, query.from, query.to, query.stepSeconds, query.origin],
  });
  const read = (row: (typeof rows)[number], letter: string): (number | null)[] =>
    metrics.map((_, index) => row[`${letter}${index}`] ?? null);
  return rows.map((row) => ({
    nodeId: row.node_id,
    at: row.at,
    samples: row.samples,
    values: read(row, "v").map(shorten),
    increases: read(row, "i"),
    lows: query.extremes ? read(row, "l").map(shorten) : [],
    highs: query.extremes ? read(row, "h").map(shorten) : [],
  }));
}

/** Six digits are more than a chart can show and half of what a double takes as text. */
const shorten = (value: number | null): number | null => value && Number(value.toPrecision(6));

const SAMPLES = `with rows as (
  select node_id, at, 1 as samples, "values" as v, lag("values") over earlier as p,
    extract(epoch from at - lag(at) over earlier)::float8 as s
  from series_samples
  where node_id = any($1::smallint[]) and at >= $2::timestamptz - make_interval(secs => ${STALE_SECONDS}) and at < $3
  window earlier as (partition by node_id order by at)
)`;

const rollupsOf = (table: string): string => `with rows as (
  select node_id, at, samples, seconds, average as a, low as l, high as h from ${table}
  where node_id = any($1::smallint[]) and at >= $2 and at < $3
)`;

// Positions come from the code's own list, never from a request.
function ofSamples(metric: SeriesMetric, index: number, withExtremes: boolean): string {
  const place = positionOf(metric);
  const extremes = (low: string, high: string): string =>
    withExtremes ? `, ${low} as l${index}, ${high} as h${index}` : "";
  if (kindOf(metric) === "gauge")
    return `avg(v[${place}]) as v${index}, null::float8 as i${index}${extremes(`min(v[${place}])`, `max(v[${place}])`)}`;
  const pairs = `filter (where ${isPair(metric)})`;
  const rise = `sum(${riseOf(metric)}) ${pairs}`;
  const rate = `${riseOf(metric)} / nullif(s, 0)`;
  return `${rise} / nullif(sum(s) ${pairs}, 0) as v${index}, ${rise} as i${index}${extremes(`min(${rate}) ${pairs}`, `max(${rate}) ${pairs}`)}`;
}

function ofRollups(metric: SeriesMetric, index: number, withExtremes: boolean): string {
  const place = positionOf(metric);
  const isCounter = kindOf(metric) === "counter";
  const weight = isCounter ? "seconds" : "samples";
  const total = `sum(a[${place}]::float8 * ${weight})`;
  const average = `${total} / nullif(sum(${weight}) filter (where a[${place}] is not null), 0)`;
  const extremes = withExtremes ? `, min(l[${place}]) as l${index}, max(h[${place}]) as h${index}` : "";
  return `${average} as v${index}, ${isCounter ? total : "null::float8"} as i${index}${extremes}`;
}
