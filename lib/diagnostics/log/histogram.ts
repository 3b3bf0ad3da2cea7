import { z } from "zod";
import { STATUS_CLASSES, statusCountsSchema, type LogSummary } from "../schemas";
import { CLASS_SQL } from "./log-conditions";
import type { AskLog } from "./ask-log";

/** SQL that counts calls by status class, over a column `class`. */
export const COUNT_COLUMNS = STATUS_CLASSES.map(
  (name) => `(count(*) filter (where class = '${name}'))::integer as "${name}"`,
).join(", ");

/** The Parquet with each line's class. */
export const CLASSED = `(select *, ${CLASS_SQL} as class from read_parquet($file))`;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MOST_BARS = 72;

/** Widths a person can name. */
const BAR_WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 30, 365].map((days) => days * DAY_MS),
];

const barSchema = statusCountsSchema.extend({ bar: z.number() });

/** Calls by status class over a span, in at most 72 bars of a width a person can name; null without a span. */
export async function selectHistogram(
  ask: AskLog,
  { firstMs, lastMs }: { firstMs: number | null; lastMs: number | null },
): Promise<LogSummary["histogram"]> {
  if (firstMs === null || lastMs === null) return null;
  const barMs = barWidthMs(lastMs - firstMs);
  const startMs = Math.floor(firstMs / barMs) * barMs;
  const rows = await ask(
    `select floor((epoch_ms(t) - $start) / $width)::integer as bar, ${COUNT_COLUMNS} from ${CLASSED}
     where kind = 'call' group by bar`,
    { start: startMs, width: barMs },
  );
  const found = new Map(
    z
      .array(barSchema)
      .parse(rows)
      .map((row) => [row.bar, statusCountsSchema.parse(row)]),
  );
  const length = Math.floor((lastMs - startMs) / barMs) + 1;
  return {
    startAt: new Date(startMs).toISOString(),
    barMs,
    bars: Array.from({ length }, (_, bar) => found.get(bar) ?? { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 }),
  };
}

// One bar is lost to each end, as bars begin at round times. A phone whose clock jumped by decades still gets bars, only wide ones.
function barWidthMs(spanMs: number): number {
  const wanted = spanMs / (MOST_BARS - 2);
  return BAR_WIDTHS_MS.find((width) => width >= wanted) ?? Math.ceil(wanted / DAY_MS) * DAY_MS;
}
