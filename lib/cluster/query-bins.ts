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
const MOST_BINS = 64 * 720;

/**
 * Samples between `from` and `to` brought together in bins of `stepSeconds`, aligned to `origin`, ordered by time; bins without
 * a sample are absent. One statement; reads every row of the level in the range, so its cost is range × nodes.
 *
 * A counter's rise is the difference to the node's previous sample and belongs to the bin of the later one; what a restart
 * and a hole do to it says rise-of.ts.
 */
export async function queryBins(pool: pg.Pool, query: BinsQuery): Promise<Bin[]> {
  const { metrics, level = SERIES_LEVELS[0] } = query;
  const isRaw = level.table === "series_samples";
  const select = isRaw ? ofSamples : ofRollups;
  const figures = metrics.flatMap((metric, index) => select(metric, index, query.extremes !== undefined));
  // A row a node, each figure of its bins as one JSON array: fourteen thousand rows would cost more to read than to compute.
  // real: seven digits are more than a chart can show.
  const arrays = figures.map(({ name, kind }) => `json_agg(${name}::${kind}) as ${name}`);
  const { rows } = await pool.query<{ node_id: number; at: number[]; samples: number[] } & Record<string, Values>>({
    text: `${isRaw ? SAMPLES : rollupsOf(level.table)},
      bins as (
        select node_id, date_bin(make_interval(secs => $4), at, $5) as at, sum(samples) as samples,
          ${figures.map(({ name, sql }) => `${sql} as ${name}`).join(", ")}
        from rows where at >= $2 group by 1, 2 order by 1, 2 limit ${MOST_BINS})
      select node_id, json_agg((date_part('epoch', at) * 1000)::bigint) as at, json_agg(samples) as samples, ${arrays.join(", ")}
      from bins group by node_id`,
    values: [query.nodeIds, query.from, query.to, query.stepSeconds, query.origin],
  });
  const names = new Set(figures.map(({ name }) => name));
  const bins = rows.flatMap((row) => {
    const columns = (letter: string): (Values | null)[] =>
      metrics.map((_, index) => (names.has(`${letter}${index}`) ? (row[`${letter}${index}`] ?? null) : null));
    const all = { values: columns("v"), increases: columns("i"), lows: columns("l"), highs: columns("h") };
    const pick = (values: readonly (Values | null)[], place: number) => values.map((each) => each?.[place] ?? null);
    return row.at.map((at, place): Bin => ({
      nodeId: row.node_id,
      at: new Date(at),
      samples: row.samples[place] ?? 0,
      values: pick(all.values, place),
      increases: pick(all.increases, place),
      lows: query.extremes ? pick(all.lows, place) : [],
      highs: query.extremes ? pick(all.highs, place) : [],
    }));
  });
  return bins.toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.nodeId - b.nodeId);
}

type Values = (number | null)[];

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

/** A figure of a bin: the letter of what it is and the place of its metric, and how it is told. */
interface BinFigure {
  name: string;
  sql: string;
  kind: "real" | "float8";
}

const figure = (name: string, sql: string, kind: BinFigure["kind"] = "real"): BinFigure => ({ name, sql, kind });

// Positions come from the code's own list, never from a request.
function ofSamples(metric: SeriesMetric, index: number, withExtremes: boolean): BinFigure[] {
  const place = positionOf(metric);
  const extremes = (value: string, filter = ""): BinFigure[] =>
    withExtremes
      ? [figure(`l${index}`, `min(${value}) ${filter}`), figure(`h${index}`, `max(${value}) ${filter}`)]
      : [];
  if (kindOf(metric) === "gauge") return [figure(`v${index}`, `avg(v[${place}])`), ...extremes(`v[${place}]`)];
  const pairs = `filter (where ${isPair(metric)})`;
  const rise = `sum(${riseOf(metric)}) ${pairs}`;
  return [
    figure(`v${index}`, `${rise} / nullif(sum(s) ${pairs}, 0)`),
    figure(`i${index}`, rise, "float8"),
    ...extremes(`${riseOf(metric)} / nullif(s, 0)`, pairs),
  ];
}

function ofRollups(metric: SeriesMetric, index: number, withExtremes: boolean): BinFigure[] {
  const place = positionOf(metric);
  const isCounter = kindOf(metric) === "counter";
  const weight = isCounter ? "seconds" : "samples";
  const total = `sum(a[${place}]::float8 * ${weight})`;
  return [
    figure(`v${index}`, `${total} / nullif(sum(${weight}) filter (where a[${place}] is not null), 0)`),
    ...(isCounter ? [figure(`i${index}`, total, "float8")] : []),
    ...(withExtremes ? [figure(`l${index}`, `min(l[${place}])`), figure(`h${index}`, `max(h[${place}])`)] : []),
  ];
}
