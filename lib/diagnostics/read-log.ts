import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { checkRegex, CLASS_SQL, conditionsOf, isoSql } from "./log/log-conditions";
import type { AskLog } from "./log/ask-log";
import type { LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";
import { logLineSchema, readLogSchema, type LogFilter, type LogLine } from "./schemas";

export interface LogPage {
  /** In the log's order. */
  lines: LogLine[];
  /** What to ask after for the next page, or null at the end. */
  next: number | null;
}

/** The verb that reads a page of a log's lines, filtered, through a process's reader. Every page is in the audit. */
export const readLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: readLogSchema,
    work: async (ctx, input): Promise<LogPage> =>
      selectPage((await openLog(ctx, reader, input.logRequestId)).ask, input),
    audit: ({ logRequestId, after, classes, method }, { lines }) => ({
      action: "diagnostics.readLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
      details: { after, lines: lines.length, classes, ...(method ? { method } : {}) },
    }),
  });

/** A page of lines for a verb that has checked who asks; throws VALIDATION for a regular expression that is none. */
export async function selectPage(
  ask: AskLog,
  {
    after,
    limit,
    numbers,
    ...filter
  }: LogFilter & { after: number; limit: number; numbers?: number[] | null | undefined },
): Promise<LogPage> {
  if (numbers) return { lines: await selectLines(ask, numbers), next: null };
  await checkRegex(ask, filter);
  const { from, where, parameters } = conditionsOf(filter);
  // Parquet keeps the log's order and DuckDB keeps it without an ORDER BY, so the scan ends with the page.
  const rows = await ask(`select ${LINE_COLUMNS} from ${from} where n > $after and ${where} limit ${limit + 1}`, {
    ...parameters,
    after,
  });
  const lines = z.array(logLineSchema).parse(rows);
  const page = lines.slice(0, limit);
  return { lines: page, next: lines.length > limit ? (page.at(-1)?.n ?? null) : null };
}

/** Lines by their numbers, which lead to them without a look at any other; those that are not there are left out. */
async function selectLines(ask: AskLog, numbers: readonly number[]): Promise<LogLine[]> {
  if (numbers.length === 0) return [];
  const named = numbers.map((n, index) => [`n${index}`, n] as const);
  const wanted = named.map(([name]) => `$${name}`).join(", ");
  const rows = await ask(
    `select ${LINE_COLUMNS} from read_parquet($file) where n between $first and $last and n in (${wanted})`,
    { ...Object.fromEntries(named), first: Math.min(...numbers), last: Math.max(...numbers) },
  );
  return z.array(logLineSchema).parse(rows);
}

/** Columns of a line as `logLineSchema` has them. */
export const LINE_COLUMNS = `n, ${CLASS_SQL} as class, ${isoSql("t")} as t, ${isoSql("t_device")} as "tDevice", method, url, endpoint,
  host, status, ms, bytes::double as bytes, attempt, error, app, left(raw, 4000) as raw, coalesce(length(raw) > 4000, false) as "rawCut"`;
