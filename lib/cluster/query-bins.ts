import type pg from "pg";
import { kindOf, positionOf, SAMPLE_SECONDS, STALE_SECONDS, type SeriesMetric } from "./schemas";

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
}

// 64 nodes with 720 bins each.
const MOST_ROWS = 64 * 720;

/**
 * Samples between `from` (inclusive) and `to` (exclusive) averaged into bins of `stepSeconds`, aligned to `origin`, ordered
 * by time; bins without a sample are absent. One statement; reads every sample in the range, so its cost is range × nodes.
 *
 * A counter's rise is the difference to the node's previous sample and belongs to the bin of the later one. When the node
 * restarted between the two (its uptime fell), it counted again from zero, so the rise is the value itself. Over a hole of
 * more than 15 s nothing is said, as the rise cannot be placed in time.
 */
export async function queryBins(
  pool: pg.Pool,
  query: {
    metrics: readonly SeriesMetric[];
    nodeIds: readonly number[];
    from: Date;
    to: Date;
    stepSeconds: number;
    origin: Date;
  },
): Promise<Bin[]> {
  const { rows } = await pool.query<{ node_id: number; at: Date; samples: number } & Record<string, number | null>>({
    text: `with pairs as (
        select node_id, at, "values" as v, lag("values") over earlier as p,
          extract(epoch from at - lag(at) over earlier)::float8 as s
        from series_samples
        where node_id = any($1::smallint[]) and at >= $2::timestamptz - make_interval(secs => ${STALE_SECONDS}) and at < $3
        window earlier as (partition by node_id order by at)
      )
      select node_id, date_bin(make_interval(secs => $4), at, $5) as at, count(*)::int as samples,
        ${query.metrics.map(columns).join(", ")}
      from pairs where at >= $2 group by 1, 2 order by 2, 1 limit ${MOST_ROWS}`,
    values: [query.nodeIds, query.from, query.to, query.stepSeconds, query.origin],
  });
  return rows.map((row) => ({
    nodeId: row.node_id,
    at: row.at,
    samples: row.samples,
    values: query.metrics.map((_, index) => shorten(row[`v${index}`] ?? null)),
    increases: query.metrics.map((_, index) => row[`i${index}`] ?? null),
  }));
}

/** Six digits are more than a chart can show and half of what a double takes as text. */
const shorten = (value: number | null): number | null => value && Number(value.toPrecision(6));

const UPTIME = positionOf("uptime_ms");

function columns(metric: SeriesMetric, index: number): string {
  const place = positionOf(metric);
  if (kindOf(metric) === "gauge") return `avg(v[${place}]) as v${index}, null::float8 as i${index}`;
  // Positions come from the code's own list, never from a request.
  const isPair = `s <= ${STALE_SECONDS} and v[${place}] is not null and p[${place}] is not null`;
  const hasRestarted = `(v[${UPTIME}] < p[${UPTIME}] or v[${place}] < p[${place}])`;
  const rise = `sum(case when ${hasRestarted} then v[${place}] else v[${place}] - p[${place}] end) filter (where ${isPair})`;
  return `${rise} / nullif(sum(s) filter (where ${isPair}), 0) as v${index}, ${rise} as i${index}`;
}

// Steps a reader can name.
const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** The smallest step a reader can name that puts the range into at most `points` bins; never less than one sample. */
export function stepFor(rangeSeconds: number, points: number): number {
  const least = Math.max(SAMPLE_SECONDS, rangeSeconds / points);
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
}
