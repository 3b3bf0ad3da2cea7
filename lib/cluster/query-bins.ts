import type pg from "pg";
import { isPair, riseOf } from "./rise-of";
import { STALE_SECONDS } from "./terms";
import { kindOf, positionOf, type SeriesMetric } from "./schemas";
import { SERIES_LEVELS, type SeriesLevel } from "./series-levels";

/** What one node's bins hold: each list has a place for every bin of the range, in the order of time. */
export interface NodeBins {
  nodeId: number;
  /** How many samples each holds, 0 where none: of two nodes in one bin, the one with fewer was there for less of it. */
  samples: number[];
  /** By metric in the order asked for. Gauges: the average. Counters: per second over the time the samples cover. Null: not known. */
  values: Line[];
  /** Counters: how much it rose in the bin. Gauges: null. */
  increases: Line[];
  /** Lowest and highest sample of a gauge, or rate between two neighbouring samples of a counter; empty unless asked for. */
  lows: Line[];
  highs: Line[];
}

/** One value a bin. */
export type Line = (number | null)[];

export interface BinsQuery {
  metrics: readonly SeriesMetric[];
  nodeIds: readonly number[];
  /** Inclusive; where the first bin begins. */
  from: Date;
  /** Exclusive. */
  to: Date;
  stepSeconds: number;
  /** What is read: samples as taken when absent. `stepSeconds` must be a multiple of its step. */
  level?: SeriesLevel;
  /** Lows and highs too. */
  extremes?: "with_extremes";
}

/** How many bins a range has; the last one may reach beyond its end. */
export const countBins = ({ from, to, stepSeconds }: Pick<BinsQuery, "from" | "to" | "stepSeconds">): number =>
  Math.max(0, Math.ceil((to.getTime() - from.getTime()) / (stepSeconds * 1000)));

/**
 * Samples between `from` and `to` brought together in bins of `stepSeconds`, one entry a node in the order asked for. One statement;
 * reads every row of the level in the range, so its cost is range × nodes.
 *
 * A counter's rise is the difference to the node's previous sample and belongs to the bin of the later one; what a restart
 * and a hole do to it says rise-of.ts.
 */
export async function queryBins(pool: pg.Pool, query: BinsQuery): Promise<NodeBins[]> {
  const { metrics, level = SERIES_LEVELS[0] } = query;
  const isRaw = level.table === "series_samples";
  const select = isRaw ? ofSamples : ofRollups;
  const figures = metrics.flatMap((metric, index) => select(metric, index, query.extremes !== undefined));
  // A row a node, each figure of its bins as one JSON array: fourteen thousand rows would cost more to read than to compute. In no
  // order: each bin says its place, and sorting them costs a third of the statement.
  // real: seven digits are more than a chart can show.
  const arrays = figures.map(({ name, kind }) => `json_agg(${name}::${kind}) as ${name}`);
  const { rows } = await pool.query<NodeRow>({
    text: `${isRaw ? SAMPLES : rollupsOf(level.table)},
      bins as (
        select node_id, bin, sum(samples) as samples,
          ${figures.map(({ name, sql }) => `${sql} as ${name}`).join(", ")}
        from rows where bin >= 0 group by 1, 2)
      select node_id, json_agg(bin) as bin, json_agg(samples) as samples, ${arrays.join(", ")}
      from bins group by node_id`,
    values: [query.nodeIds, query.from, query.to, query.stepSeconds],
  });
  const count = countBins(query);
  const rowOf = new Map(rows.map((row) => [row.node_id, row]));
  return query.nodeIds.map((nodeId): NodeBins => {
    const row = rowOf.get(nodeId);
    const spread = <T>(values: readonly T[] | undefined, nothing: T): T[] => {
      const line = Array.from({ length: count }, () => nothing);
      if (values) row?.bin.forEach((bin, place) => (line[bin] = values[place] ?? nothing));
      return line;
    };
    const lines = (letter: "v" | "i" | "l" | "h"): Line[] =>
      metrics.map((_, index) => spread(row?.[`${letter}${index}`], null));
    return {
      nodeId,
      samples: spread(row?.samples, 0),
      values: lines("v"),
      increases: lines("i"),
      lows: query.extremes ? lines("l") : [],
      highs: query.extremes ? lines("h") : [],
    };
  });
}

type NodeRow = { node_id: number; bin: number[]; samples: number[] } & Record<
  `${"v" | "i" | "l" | "h"}${number}`,
  Line | undefined
>;

const BIN = "floor((date_part('epoch', at) - date_part('epoch', $2::timestamptz)) / $4)::int as bin";

const SAMPLES = `with rows as (
  select node_id, ${BIN}, 1 as samples, "values" as v, lag("values") over earlier as p,
    extract(epoch from at - lag(at) over earlier)::float8 as s
  from series_samples
  where node_id = any($1::smallint[]) and at >= $2::timestamptz - make_interval(secs => ${STALE_SECONDS}) and at < $3
  window earlier as (partition by node_id order by at)
)`;

// `offset 0` keeps the bin a column of its own: as an expression of `at` the planner expects a group a row, and sorts on disk.
const rollupsOf = (table: string): string => `with rows as (
  select node_id, ${BIN}, samples, seconds, average as a, low as l, high as h from ${table}
  where node_id = any($1::smallint[]) and at >= $2 and at < $3
  offset 0
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
