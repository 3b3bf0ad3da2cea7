import { STALE_SECONDS } from "./terms";
import { positionOf, type SeriesMetric } from "./schemas";

/**
 * SQL of a counter's rise between two samples of one node, over v (the later row of "values"), p (the earlier one) and s (the
 * seconds between them). The one place that says what a restart is.
 */

const UPTIME = positionOf("uptime_ms");

/** Whether the two samples tell of a rise: over a hole of more than 15 s it could not be placed in time. */
export const isPair = (metric: SeriesMetric): string => {
  const place = positionOf(metric);
  return `s <= ${STALE_SECONDS} and v[${place}] is not null and p[${place}] is not null`;
};

/** After a restart (the uptime fell, or the counter did) the node counted again from zero, so the rise is the value itself. */
export const riseOf = (metric: SeriesMetric): string => {
  const place = positionOf(metric);
  return `(case when v[${UPTIME}] < p[${UPTIME}] or v[${place}] < p[${place}] then v[${place}] else v[${place}] - p[${place}] end)`;
};
