import { z } from "zod";
import { literal, openConfinedDuckDb } from "./confined-duckdb";
import { MAX_LINE_BYTES, NEVER_IN_A_LINE } from "./log-lines";
import { hostOf, pathTemplate, redacted } from "./redaction";

/** A large log on one slow core takes seconds; a minute means something is wrong. A guess to revisit. */
const PARSE_TIMEOUT_MS = 60_000;

const parsedLogSchema = z.object({
  lines: z.number(),
  calls: z.number(),
  failedCalls: z.number(),
  firstCallAt: z.date().nullable(),
  lastCallAt: z.date().nullable(),
});

/** What a log holds, in numbers. A call failed when it had no answer or a status of 400 and above. */
export type ParsedLog = z.output<typeof parsedLogSchema>;

/**
 * Turns a file of lines (as `LogLines` makes them) into Parquet with the columns of the diagnostics page, redacted: one row a
 * line that is not blank, in order, `n` counting from 1. A line that is no call keeps its place as kind `text`. Both files lie
 * in `folder`; `to` is made. Memory stays bounded whatever the lines hold.
 */
export async function parseLog({ folder, from, to }: { folder: string; from: string; to: string }): Promise<ParsedLog> {
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: PARSE_TIMEOUT_MS });
  try {
    await duckdb.query(copySql({ from, to }));
    const rows = await duckdb.query(COUNT_SQL, { file: to });
    return parsedLogSchema.parse(rows[0]);
  } finally {
    duckdb.close();
  }
}

const FIELDS = ["t", "method", "url", "status", "ms", "bytes", "attempt", "error", "app"] as const;

const field = (name: (typeof FIELDS)[number]): string => `f[${FIELDS.indexOf(name) + 1}]`;

const wholeNumber = (name: (typeof FIELDS)[number], type: "integer" | "bigint"): string =>
  `case when try_cast(${field(name)} as double) between 0 and ${type === "integer" ? 2_147_483_647 : 9_007_199_254_740_991}
   then try_cast(round(try_cast(${field(name)} as double)) as ${type}) end`;

/** One pass over the lines. A call is a JSON object with a time, a method and a URL; all else is text. */
const copySql = ({ from, to }: { from: string; to: string }): string => `
copy (
  with lines as (
    select row_number() over () as n, line from read_csv(${literal(from)}, columns = {'line': 'VARCHAR'},
      delim = ${literal(NEVER_IN_A_LINE)}, quote = '', escape = '', header = false, auto_detect = false, new_line = '\\n',
      max_line_size = ${MAX_LINE_BYTES * 4})
    where line is not null
  ),
  read as (
    select n, line, json_valid(line) as is_json,
      case when json_valid(line) then json_extract_string(line, [${FIELDS.map((name) => `'$.${name}'`).join(", ")}]) end as f
    from lines
  ),
  cast_once as (
    select n, line, is_json, f, epoch_ms(epoch_ms(try_cast(${field("t")} as timestamptz))) as instant,
      ${redacted(`left(${field("url")}, 2048)`)} as clean_url,
      regexp_extract(upper(${field("method")}), '^[A-Z]{1,16}$') as verb
    from read
  ),
  told as (
    select *, coalesce(instant is not null and clean_url <> '' and verb <> '', false) as is_call from cast_once
  )
  select n::integer as n,
    case when is_call then instant end as t,
    null::timestamp as t_device,
    case when is_call then verb end as method,
    case when is_call then clean_url end as url,
    case when is_call then verb || ' ' || ${pathTemplate("clean_url")} end as endpoint,
    case when is_call then ${hostOf("clean_url")} end as host,
    case when is_call and try_cast(${field("status")} as integer) between 100 and 599
      then try_cast(${field("status")} as smallint) end as status,
    case when is_call then ${wholeNumber("ms", "integer")} end as ms,
    case when is_call then ${wholeNumber("bytes", "bigint")} end as bytes,
    case when is_call then coalesce(nullif(${wholeNumber("attempt", "integer")}, 0), 1) end as attempt,
    case when is_call then ${redacted(`left(${field("error")}, 1024)`)} end as error,
    case when is_call then regexp_extract(${field("app")}, '^[A-Za-z0-9 ._()+-]{1,64}$') end as app,
    case when is_call then 'call' else 'text' end as kind,
    -- written anew, so that no escape (\\u0040 for @) hides a secret from the redaction
    case when is_json then ${redacted("json(line)::varchar")} else ${redacted("line")} end as raw
  from told
) to ${literal(to)} (format parquet, compression zstd)`;

const COUNT_SQL = `
select count(*)::integer as lines,
  (count(*) filter (where kind = 'call'))::integer as calls,
  (count(*) filter (where kind = 'call' and (status is null or status >= 400)))::integer as "failedCalls",
  min(t) as "firstCallAt", max(t) as "lastCallAt"
from read_parquet($file)`;
