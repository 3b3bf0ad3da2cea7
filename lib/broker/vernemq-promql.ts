import { kindOf, type SeriesMetric } from "@/lib/cluster/schemas";
import { seriesSourceOf } from "./vernemq-series";

/** What of a metric, in each window before a point. */
export type PromFigure = "average" | "low" | "high";

/**
 * PromQL of one kept metric by node, for a Prometheus that scrapes VerneMQ itself: gauges averaged over the window (or their
 * lowest and highest), counters per second, summed over whatever other labels there are. Null where PromQL has no cheap answer
 * (the extremes of a rate).
 */
export function promqlOf(
  metric: SeriesMetric,
  of: { figure: PromFigure; windowSeconds: number; nodeLabel: string },
): string | null {
  const isCounter = kindOf(metric) === "counter";
  if (isCounter && of.figure !== "average") return null;
  const over = isCounter
    ? "rate"
    : { average: "avg_over_time", low: "min_over_time", high: "max_over_time" }[of.figure];
  // `or` keeps one of series with equal labels, and functions drop the name: each selector gets a label of its own.
  const parts = selectorsOf(metric).map(
    (selector, index) =>
      `label_replace(${over}(${selector}[${of.windowSeconds}s]), "part", "${index}", "${of.nodeLabel}", ".*")`,
  );
  return `sum by (${of.nodeLabel}) (${parts.join(" or ")})`;
}

/** PromQL of how many times each node was scraped in the window. */
export const promqlOfSamples = (of: { windowSeconds: number; nodeLabel: string }): string =>
  `max by (${of.nodeLabel}) (count_over_time(vernemq_system_wallclock[${of.windowSeconds}s]))`;

/** A CONNACK has a return_code (3.1.1) or a reason_code (5.0); the label it lacks is empty. */
function selectorsOf(metric: SeriesMetric): string[] {
  const { names, code } = seriesSourceOf(metric);
  return names.flatMap((name) => {
    if (!code) return [`vernemq_${name}`];
    if ("only" in code) {
      const values = code.only.join("|");
      return [`vernemq_${name}{return_code=~"${values}"}`, `vernemq_${name}{return_code="",reason_code=~"${values}"}`];
    }
    const values = ["", ...code.except].join("|");
    return [`vernemq_${name}{return_code!~"${values}"}`, `vernemq_${name}{return_code="",reason_code!~"${values}"}`];
  });
}
