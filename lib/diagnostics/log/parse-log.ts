import { z } from "zod";
import { literal, openConfinedDuckDb } from "./confined-duckdb";
import { MAX_LINE_BYTES, NEVER_IN_A_LINE } from "./log-lines";
import { authorityOf, hostOf, pathOf, pathTemplate, redacted, unescaped } from "./redaction";

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

/** What is read of a JSON line; a value of another type is null, or its JSON as text. */
const FIELDS = {
  t: "VARCHAR",
  method: "VARCHAR",
  url: "VARCHAR",
  status: "DOUBLE",
  ms: "DOUBLE",
  bytes: "DOUBLE",
  attempt: "DOUBLE",
  error: "VARCHAR",
  app: "VARCHAR",
} as const;

const LARGEST = { integer: 2_147_483_647, bigint: Number.MAX_SAFE_INTEGER };

const wholeNumber = (name: keyof typeof FIELDS, type: keyof typeof LARGEST): string =>
  `case when f.${name} between 0 and ${LARGEST[type]} then round(f.${name})::${type} end`;

// Measured (bench/ingest.bench.ts): level 1 writes twice as fast as the default, 3, and a file no larger.
const PARQUET = "format parquet, compression zstd, compression_level 1";

/**
 * One pass over the lines: redacted first, so that no column holds what the line does not show; then read. A call is a JSON
 * object with a time, a method and a URL; all else is text.
 */
const copySql = ({ from, to }: { from: string; to: string }): string => `
copy (
  with lines as (
    select row_number() over () as n, line from read_csv(${literal(from)}, columns = {'line': 'VARCHAR'},
      delim = ${literal(NEVER_IN_A_LINE)}, quote = '', escape = '', header = false, auto_detect = false, new_line = '\\n',
      max_line_size = ${MAX_LINE_BYTES * 4})
    where line is not null
  ),
  plain as (select n, ${unescaped("line")} as line from lines),
  clean as (select n, ${redacted("line")} as raw from plain),
  read as (
    select n, raw, case when json_valid(raw) then json_transform(raw, ${literal(JSON.stringify(FIELDS))}) end as f from clean
  ),
  fields as (
    select n, raw, f, epoch_ms(epoch_ms(try_cast(f.t as timestamptz))) as t,
      regexp_extract(upper(f.method), '^[A-Z]{1,16}$') as verb, left(f.url, 2048) as url
    from read
  ),
  -- what belongs to a call is null from here on where the line is none
  calls as (
    select n, raw, t, verb, url, f, t is not null and coalesce(verb, '') <> '' and coalesce(url, '') <> '' as is_call from fields
  ),
  told as (
    select n, raw, is_call, case when is_call then t end as t, case when is_call then verb end as verb,
      case when is_call then url end as url, case when is_call then f end as f
    from calls
  ),
  placed as (select *, ${authorityOf("url")} as authority from told)
  select n::integer as n, t, null::timestamp as t_device, verb as method, url,
    verb || ' ' || ${pathTemplate(pathOf("url", "authority"))} as endpoint,
    case when is_call then ${hostOf("authority")} end as host,
    case when f.status between 100 and 599 then f.status::smallint end as status,
    ${wholeNumber("ms", "integer")} as ms,
    ${wholeNumber("bytes", "bigint")} as bytes,
    case when is_call then coalesce(nullif(${wholeNumber("attempt", "integer")}, 0), 1) end as attempt,
    left(f.error, 1024) as error,
    regexp_extract(f.app, '^[][A-Za-z0-9 ._()+-]{1,64}$') as app,
    case when is_call then 'call' else 'text' end as kind,
    raw
  from placed
) to ${literal(to)} (${PARQUET})`;

const COUNT_SQL = `
select count(*)::integer as lines,
  (count(*) filter (where kind = 'call'))::integer as calls,
  (count(*) filter (where kind = 'call' and (status is null or status >= 400)))::integer as "failedCalls",
  min(t) as "firstCallAt", max(t) as "lastCallAt"
from read_parquet($file)`;
