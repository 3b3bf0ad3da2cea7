import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { LINE_CLASSES, type LogFilter } from "../schemas";
import type { Parameters } from "./confined-duckdb";
import type { AskLog } from "./ask-log";

/** SQL of a line's class, over the columns of the Parquet. */
export const CLASS_SQL = `case when kind = 'gap' then 'gap' when kind <> 'call' then 'text' when status is null then 'none'
  when status >= 500 then '5xx' when status >= 400 then '4xx' when status >= 300 then '3xx' else '2xx' end`;

/** SQL of the number of a line's class in `LINE_CLASSES`: counted in two thirds of the time that its name takes (bench/log-view.bench.ts). */
export const CLASS_NUMBER_SQL = `(case when kind = 'gap' then ${LINE_CLASSES.indexOf("gap")} when kind <> 'call' then ${LINE_CLASSES.indexOf("text")}
  when status is null then ${LINE_CLASSES.indexOf("none")} when status >= 500 then ${LINE_CLASSES.indexOf("5xx")}
  when status >= 400 then ${LINE_CLASSES.indexOf("4xx")} when status >= 300 then ${LINE_CLASSES.indexOf("3xx")}
  else ${LINE_CLASSES.indexOf("2xx")} end)::utinyint`;

/** SQL that is true of a call that failed: no answer, or a status of 400 and above. */
export const FAILED_SQL = "(kind = 'call' and (status is null or status >= 400))";

/** Classes as conditions that Parquet's statistics can answer, instead of a computed column. */
const OF_CLASS = {
  "2xx": "(kind = 'call' and status < 300)",
  "3xx": "(status >= 300 and status < 400)",
  "4xx": "(status >= 400 and status < 500)",
  "5xx": "(status >= 500)",
  none: "(kind = 'call' and status is null)",
  text: "(kind = 'text')",
  gap: "(kind = 'gap')",
} as const;

/** SQL of an instant as ISO 8601 in UTC. */
export const isoSql = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')`;

// Lines shown before and after each failure, as what led to it and what came of it.
const AROUND = [1, 2];

// Measured (bench/log-view.bench.ts): each line looked at with those around it takes a third of the time that a list of numbers takes.
const AROUND_LINES_SQL = `(
  select *, failed or ${AROUND.flatMap((by) => [`lag(failed, ${by}, false) over ()`, `lead(failed, ${by}, false) over ()`]).join(" or ")} as near
  from (select *, ${FAILED_SQL} as failed from read_parquet($file)))`;

interface Condition {
  sql: string;
  parameters?: Parameters;
}

/** The SQL of a filter, what it is asked of and its parameters; the values of a filter only ever travel as parameters. */
export function conditionsOf(filter: LogFilter): { from: string; where: string; parameters: Parameters } {
  const conditions = listConditions(filter);
  return {
    from: filter.aroundFailures ? AROUND_LINES_SQL : "read_parquet($file)",
    where: ["true", ...conditions.map(({ sql }) => sql)].join(" and "),
    parameters: Object.assign({}, ...conditions.map(({ parameters }) => parameters ?? {})) as Parameters,
  };
}

function listConditions(filter: LogFilter): Condition[] {
  const { classes, method, host, endpoint, path, status, minMs, maxMs, from, to, aroundFailures } = filter;
  const given = <T>(value: T | null | undefined, condition: (value: T) => Condition): Condition[] =>
    value === null || value === undefined || value === "" ? [] : [condition(value)];
  return [
    ...(classes.length > 0 ? [{ sql: `(${classes.map((name) => OF_CLASS[name]).join(" or ")})` }] : []),
    ...given(method, (value) => ({ sql: "method = $method", parameters: { method: value } })),
    ...given(host, (value) => ({ sql: "host = $host", parameters: { host: value } })),
    ...given(endpoint, (value) => ({ sql: "endpoint = $endpoint", parameters: { endpoint: value } })),
    ...given(path, pathCondition),
    ...given(status, (value) => ({ sql: "status = $status", parameters: { status: value } })),
    ...given(minMs, (value) => ({ sql: "ms >= $minMs", parameters: { minMs: value } })),
    ...given(maxMs, (value) => ({ sql: "ms <= $maxMs", parameters: { maxMs: value } })),
    ...given(from, (value) => ({ sql: "t >= epoch_ms($from::bigint)", parameters: { from: Date.parse(value) } })),
    ...given(to, (value) => ({ sql: "t < epoch_ms($to::bigint)", parameters: { to: Date.parse(value) } })),
    ...textCondition(filter),
    ...(aroundFailures ? [{ sql: "(kind = 'gap' or near)" }] : []),
  ];
}

// The line itself is kept only where the columns do not say all of it.
const SEARCHED = ["raw", "url", "error"] as const;

function textCondition({ text, isRegex }: LogFilter): Condition[] {
  if (text.trim() === "") return [];
  const columns = SEARCHED.map((column) => `(${column} is not null and regexp_matches(${column}, $text, 'i'))`);
  // Measured (bench/log-view.bench.ts): as an expression a text is found in half the time that lower() and contains() take.
  return [{ sql: `(${columns.join(" or ")})`, parameters: { text: isRegex ? text : literalOf(text.trim()) } }];
}

/** RE2 of a text as it is. */
const literalOf = (text: string): string => text.replace(/[\\^$.*|?+()[\]{}]/g, "\\$&");

/**
 * Paths tell upper from lower case (RFC 3986 §6.2.2.1). Measured (bench/log-view.bench.ts): looked for first as it is, the longest part
 * without a star halves the time.
 */
function pathCondition(path: string): Condition {
  const part = path
    .trim()
    .split("*")
    .reduce((longest, next) => (next.length > longest.length ? next : longest), "");
  return {
    sql: "(contains(url, $pathPart) and regexp_matches(url, $path))",
    parameters: { path: pathPattern(path), pathPart: part },
  };
}

/** RE2 of a path with stars, after the host or at the begin. A star at the end needs nothing, as a match needs no end. */
const pathPattern = (path: string): string => {
  const [wanted, end] = path.trim().endsWith("*") ? [path.trim().replace(/\*+$/, ""), ""] : [path.trim(), "(?:[?#]|$)"];
  return `^(?:[a-z][a-z0-9+.-]*://[^/]*)?${wanted.split("*").map(literalOf).join(".*")}${end}`;
};

/** Throws VALIDATION, naming what is wrong, where a filter's regular expression is none. RE2 itself never takes longer than the text is long. */
export async function checkRegex(ask: AskLog, { text, isRegex }: LogFilter): Promise<void> {
  if (!isRegex || text.trim() === "") return;
  await ask("select regexp_matches($file, $text)", { text }).catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message.replace(/^[A-Za-z ]*Error:\s*/, "") : "";
    const message = said
      ? sentence("Not a regular expression: {said}", { said })
      : sentence("Not a regular expression");
    throw new AppError("VALIDATION", message, { issues: [{ path: "text", message }], cause });
  });
}
