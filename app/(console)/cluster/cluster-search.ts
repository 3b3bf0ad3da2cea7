import { parseAsIsoDateTime, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { CHART_RANGE_NAMES, type ChartRange, type ChartSpan } from "@/lib/api-client/cluster";

/** What of the cluster page stands in the URL. The same on the server and in the browser. */
export const clusterSearch = {
  range: parseAsStringLiteral(CHART_RANGE_NAMES).withDefault("live"),
  /** A stretch that was zoomed into, instead of a range. */
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  compare: parseAsStringLiteral(["yesterday", "lastWeek"]),
  by: parseAsStringLiteral(["node", "sum"]).withDefault("node"),
  /** The one node that is looked at; absent: all. */
  only: parseAsString,
  /** The page as it was then; absent: now. */
  at: parseAsIsoDateTime,
  /** A selected wave, and its stretch. */
  wave: parseAsStringLiteral(["disconnects", "refusals"]),
  waveFrom: parseAsIsoDateTime,
  waveTo: parseAsIsoDateTime,
};

/** What the charts are drawn of: the zoomed stretch, else the range up to then or to now. */
export function spanOf(search: { range: ChartRange; from: Date | null; to: Date | null; at: Date | null }): ChartSpan {
  const { range, from, to, at } = search;
  if (from && to && from < to) return { kind: "own", from: from.getTime(), to: to.getTime() };
  return at ? { kind: "then", range, to: at.getTime() } : { kind: "now", range };
}
