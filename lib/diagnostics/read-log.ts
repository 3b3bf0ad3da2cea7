import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { Parameters } from "./log/confined-duckdb";
import type { AskLog, LogReader } from "./log/log-reader";
import { CLASS_SQL, isoSql, openLog } from "./log/open-log";
import { LINE_CLASSES, logLineSchema, readLogSchema, type LineClass, type LogLine } from "./schemas";

export interface LogPage {
  /** In the log's order. */
  lines: LogLine[];
  /** What to ask after for the next page, or null at the end. */
  next: number | null;
  /** Lines by class under the filters of method and text; only with the first page. */
  counts: Record<LineClass, number> | null;
}

type Filter = z.output<typeof readLogSchema>;

/** The verb that reads a page of a log's lines, filtered, through a process's reader. Every page is in the audit. */
export const readLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: readLogSchema,
    work: async (ctx, input): Promise<LogPage> => {
      const ask = await openLog(ctx, reader, input.logRequestId);
      const [lines, counts] = await Promise.all([
        selectLines(ask, input),
        input.after === 0 ? count(ask, input) : null,
      ]);
      const page = lines.slice(0, input.limit);
      return { lines: page, next: lines.length > input.limit ? (page.at(-1)?.n ?? null) : null, counts };
    },
    audit: ({ logRequestId, after, classes, method }, { lines }) => ({
      action: "diagnostics.readLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
      details: { after, lines: lines.length, classes, ...(method ? { method } : {}) },
    }),
  });

// Parquet keeps the log's order and DuckDB keeps it without an ORDER BY, so the scan ends with the page.
async function selectLines(ask: AskLog, filter: Filter): Promise<LogLine[]> {
  const { where, parameters } = conditions(filter);
  const classes = filter.classes.map((name) => `'${name}'`).join(", ");
  const rows = await ask(
    `select n, ${CLASS_SQL} as class, ${isoSql("t")} as t, method, url, endpoint, host, status, ms,
       bytes::double as bytes, attempt, error, app, left(raw, 4000) as raw, length(raw) > 4000 as "rawCut"
     from read_parquet($file)
     where n > $after and ${where} ${classes ? `and ${CLASS_SQL} in (${classes})` : ""}
     limit ${filter.limit + 1}`,
    { ...parameters, after: filter.after },
  );
  return z.array(logLineSchema).parse(rows);
}

async function count(ask: AskLog, filter: Filter): Promise<Record<LineClass, number>> {
  const { where, parameters } = conditions(filter);
  const columns = LINE_CLASSES.map((name) => `(count(*) filter (where class = '${name}'))::integer as "${name}"`);
  const rows = await ask(
    `select ${columns.join(", ")}
     from (select ${CLASS_SQL} as class from read_parquet($file) where ${where})`,
    parameters,
  );
  return z.record(z.enum(LINE_CLASSES), z.number()).parse(rows[0]);
}

function conditions({ method, text }: Filter): { where: string; parameters: Parameters } {
  const wanted = text.trim().toLowerCase();
  const where = [
    "true",
    ...(method ? ["method = $method"] : []),
    ...(wanted ? ["contains(lower(raw), $text)"] : []),
  ].join(" and ");
  return { where, parameters: { ...(method ? { method } : {}), ...(wanted ? { text: wanted } : {}) } };
}
