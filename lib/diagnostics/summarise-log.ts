import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { AskLog, LogReader } from "./log/log-reader";
import { CLASS_SQL, isoSql, openLog } from "./log/open-log";
import { logRequestIdSchema, logSummarySchema, STATUS_CLASSES, statusCountsSchema, type LogSummary } from "./schemas";

/** The verb that says what a log says at a glance, through a process's reader. In the audit like reading it. */
export const summariseLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: logRequestIdSchema,
    work: async (ctx, { logRequestId }): Promise<LogSummary> => {
      const ask = await openLog(ctx, reader, logRequestId);
      const totals = totalsSchema.parse((await ask(TOTALS_SQL))[0]);
      const [worst, first, slowest, histogram] = await Promise.all([
        ask(WORST_SQL),
        ask(`${NOTABLE_SQL} and ${FAILED} order by n limit 1`),
        ask(`${NOTABLE_SQL} and ms is not null order by ms desc, n limit 1`),
        selectHistogram(ask, totals),
      ]);
      return logSummarySchema.parse({
        calls: totals.calls,
        textLines: totals.textLines,
        counts: statusCountsSchema.parse(totals),
        firstAt: totals.firstMs === null ? null : new Date(totals.firstMs).toISOString(),
        lastAt: totals.lastMs === null ? null : new Date(totals.lastMs).toISOString(),
        worstEndpoint: worst[0] ?? null,
        firstFailure: first[0] ?? null,
        slowest: slowest[0] ?? null,
        histogram,
      });
    },
    audit: ({ logRequestId }) => ({
      action: "diagnostics.summariseLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
    }),
  });

const FAILED = "(status is null or status >= 400)";

const COUNT_COLUMNS = STATUS_CLASSES.map(
  (name) => `(count(*) filter (where class = '${name}'))::integer as "${name}"`,
).join(", ");

const CLASSED = `(select *, ${CLASS_SQL} as class from read_parquet($file))`;

const TOTALS_SQL = `select ${COUNT_COLUMNS},
  (count(*) filter (where kind = 'call'))::integer as calls, (count(*) filter (where kind = 'text'))::integer as "textLines",
  min(epoch_ms(t))::double as "firstMs", max(epoch_ms(t))::double as "lastMs" from ${CLASSED}`;

const WORST_SQL = `select endpoint, (count(*) filter (where ${FAILED}))::integer as failed, count(*)::integer as calls
  from read_parquet($file) where kind = 'call' group by endpoint having failed > 0
  order by failed desc, calls, endpoint limit 1`;

const NOTABLE_SQL = `select n, ${isoSql("t")} as t, endpoint, status, ms, attempt
  from read_parquet($file) where kind = 'call'`;

const totalsSchema = statusCountsSchema.extend({
  calls: z.number(),
  textLines: z.number(),
  firstMs: z.number().nullable(),
  lastMs: z.number().nullable(),
});

const barSchema = statusCountsSchema.extend({ bar: z.number() });

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

async function selectHistogram(
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
