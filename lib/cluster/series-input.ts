import type { z } from "zod";
import { MOST_RANGE_SECONDS, type readSeriesInput } from "./schemas";

type Asked = z.input<typeof readSeriesInput>;

/**
 * A query string as the input of readSeries, which checks it: `metrics` and `nodes` are lists with commas; the range is
 * `from` and `to`, or the last `seconds` before `now` (fifteen minutes when neither is given); `compare` and `detail` by name.
 */
export function seriesInputOf(params: URLSearchParams, now: Date): Asked {
  const seconds = Math.min(Number(params.get("seconds") ?? 900) || 0, MOST_RANGE_SECONDS);
  const list = (name: string): string[] | undefined => params.get(name)?.split(",").slice(0, 64);
  const nodes = list("nodes");
  const points = params.get("points");
  const compare = params.get("compare");
  const detail = params.get("detail");
  return {
    // The verb refuses names it does not know; the cast only says that they are still to be checked.
    metrics: (list("metrics") ?? []) as Asked["metrics"],
    from: params.get("from") ?? new Date(now.getTime() - seconds * 1000),
    to: params.get("to") ?? now,
    ...(nodes ? { nodes } : {}),
    ...(points ? { points } : {}),
    ...(compare ? { compare: compare as Asked["compare"] } : {}),
    ...(detail ? { detail: detail as Asked["detail"] } : {}),
  };
}
