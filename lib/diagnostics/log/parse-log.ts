import { z } from "zod";
import { literal, openConfinedDuckDb, PARQUET } from "./confined-duckdb";
import type { KeyAliases } from "./line-fields";
import { aliasedFields, firstOf, instantOf, isoInstantOf, isPlainCall, referenceFields, textFields } from "./line-sql";
import { MAX_LINE_BYTES, NEVER_IN_A_LINE } from "./log-lines";
import { placeGaps, type FindOffline } from "./place-gaps";
import {
  afterAuthority,
  authorityOf,
  hostOf,
  kindOf,
  pathTemplate,
  redacted,
  REDACTED_PLACE,
  unescaped,
  untilQuery,
} from "./redaction";
import type { RedactedCounts, RedactionRules } from "./redaction-rules";

/** A gigabyte on one slow core takes half a minute. A guess to revisit. */
const PARSE_TIMEOUT_MS = 300_000;
// More different places than this are made up; the rest is not told apart.
const MOST_PLACES = 1_000;

const parsedLogSchema = z.object({
  lines: z.number(),
  calls: z.number(),
  failedCalls: z.number(),
  firstCallAt: z.date().nullable(),
  lastCallAt: z.date().nullable(),
  /** The version of the app that most calls were made by. */
  app: z.string().nullable(),
});

/** What a log holds, in numbers. A call failed when it had no answer or a status of 400 and above. */
export type ParsedLog = z.output<typeof parsedLogSchema> & { redacted: RedactedCounts; gaps: number };

interface Parse {
  folder: string;
  from: string;
  to: string;
  rules: RedactionRules;
  aliases: KeyAliases;
  /** How far the phone's clock is ahead of ours; 0 where it is right or nobody knows. */
  clockAheadMs?: number;
  /** When the phone was offline. */
  offline?: FindOffline;
  /** The file was found to end too early. */
  isBroken?: boolean;
}

/**
 * Turns a file of lines (as `LogLines` makes them) into Parquet with the columns of the diagnostics page, redacted: one row a
 * line that is not blank, in order, `n` counting from 1. A line that is no call keeps its place as kind `text`; a stretch without lines
 * becomes a row of kind `gap` halfway between its neighbours. Both files lie in `folder`; `to` is made. Memory stays bounded whatever
 * the lines hold.
 */
export async function parseLog(parse: Parse): Promise<ParsedLog> {
  const { folder, to, rules } = parse;
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: PARSE_TIMEOUT_MS });
  try {
    await duckdb.query(copySql(parse));
    const parsed = parsedLogSchema.parse((await duckdb.query(COUNT_SQL, { file: to }))[0]);
    const places = placesSchema.parse(await duckdb.query(PLACES_SQL, { file: to }));
    const { offline = () => Promise.resolve([]), isBroken = false } = parse;
    const gaps = await placeGaps(duckdb, { folder, file: to, offline, isBroken });
    return { ...parsed, redacted: countByKind(places, rules), gaps };
  } finally {
    duckdb.close();
  }
}

function countByKind(places: z.output<typeof placesSchema>, rules: RedactionRules): RedactedCounts {
  const counts: RedactedCounts = {};
  for (const { place, count } of places) {
    const kind = kindOf(place, rules);
    counts[kind] = (counts[kind] ?? 0) + count;
  }
  return counts;
}

const LARGEST = { integer: 2_147_483_647, bigint: Number.MAX_SAFE_INTEGER };

const wholeNumber = (text: string, type: keyof typeof LARGEST): string =>
  `case when try_cast(${text} as double) between 0 and ${LARGEST[type]} then round(try_cast(${text} as double))::${type} end`;

/**
 * One pass over the lines. What a plain call says is in its columns: of it, URL, error and app are redacted and the line itself is not
 * kept. Any other line is redacted whole before it is read, so that no column holds what the line does not show. A call has a time, a
 * method and a URL; all else is text.
 */
const copySql = ({ from, to, rules, aliases, clockAheadMs = 0 }: Parse): string => `
copy (
  with lines as (
    select row_number() over () as n, line from read_csv(${literal(from)}, columns = {'line': 'VARCHAR'},
      delim = ${literal(NEVER_IN_A_LINE)}, quote = '', escape = '', header = false, auto_detect = false, new_line = '\\n',
      max_line_size = ${MAX_LINE_BYTES * 4})
    where line is not null
  ),
  read as (select n, line, ${referenceFields("line")} as f from lines),
  timed as (select n, line, f, ${isoInstantOf("f.t")} as moment from read),
  judged as (select n, line, f, moment, ${isPlainCall({ line: "line", fields: "f", moment: "moment" })} as plain from timed),
  told as (
    select n, f, moment, plain, case when plain then f.url end as url, case when plain then f.error end as error,
      case when plain then f.app end as app, case when not plain then ${unescaped("line")} end as line
    from judged
  ),
  clean as (
    select n, f, moment, plain, ${["url", "error", "app", "line"].map((name) => `${redacted(name, rules)} as ${name}`).join(", ")}
    from told
  ),
  other as (
    select *, case when not plain then ${aliasedFields("line", aliases)} end as g,
      case when not plain then ${textFields("line")} end as x
    from clean
  ),
  fields as (
    select n, plain,
      line as raw,
      case when plain then moment else ${instantOf(`coalesce(${firstOf("g", aliases.t)}, x.t)`)} end as moment,
      case when plain then f.method
        else regexp_extract(upper(coalesce(${firstOf("g", aliases.method)}, x.method)), '^[A-Z]{1,16}$') end as verb,
      case when plain then url else left(coalesce(${firstOf("g", aliases.url)}, x.url), 2048) end as url,
      case when plain then f.status else coalesce(${firstOf("g", aliases.status)}, x.status) end as status,
      case when plain then f.ms else coalesce(${firstOf("g", aliases.ms)}, x.ms) end as ms,
      case when plain then f.bytes else coalesce(${firstOf("g", aliases.bytes)}, x.bytes) end as bytes,
      case when plain then f.attempt else coalesce(${firstOf("g", aliases.attempt)}) end as attempt,
      case when plain then error
        else left(coalesce(${firstOf("g", aliases.error)}, nullif(x.error, '')), 1024) end as error,
      case when plain then app
        else nullif(regexp_extract(coalesce(${firstOf("g", aliases.app)}), '^[][A-Za-z0-9 ._()+:-]{1,64}$'), '') end as app
    from other
  ),
  calls as (
    select *, plain or (moment is not null and coalesce(verb, '') <> '' and coalesce(url, '') <> '') as is_call from fields
  ),
  -- what belongs to a call is null from here on where the line is none
  called as (
    select * replace (case when is_call then moment end as moment, case when is_call then verb end as verb, case when is_call then url end as url)
    from calls
  ),
  placed as (select *, ${authorityOf("url")} as authority from called),
  pathed as (select *, ${afterAuthority("url", "authority")} as path from placed)
  select n::double as n, ${clockAheadMs === 0 ? "moment" : `moment - to_milliseconds(${clockAheadMs})`} as t,
    ${clockAheadMs === 0 ? "null::timestamp" : "moment"} as t_device, verb as method, url,
    verb || ' ' || ${pathTemplate(untilQuery("path"))} as endpoint,
    case when is_call then ${hostOf("authority")} end as host,
    case when is_call and try_cast(status as smallint) between 100 and 599 then try_cast(status as smallint) end as status,
    case when is_call then ${wholeNumber("ms", "integer")} end as ms,
    case when is_call then ${wholeNumber("bytes", "bigint")} end as bytes,
    case when is_call then coalesce(nullif(${wholeNumber("attempt", "integer")}, 0), 1) end as attempt,
    case when is_call then error end as error,
    case when is_call then app end as app,
    case when is_call then 'call' else 'text' end as kind,
    raw
  from pathed
) to ${literal(to)} (${PARQUET})`;

const COUNT_SQL = `
select count(*)::integer as lines,
  (count(*) filter (where kind = 'call'))::integer as calls,
  (count(*) filter (where kind = 'call' and (status is null or status >= 400)))::integer as "failedCalls",
  min(t) as "firstCallAt", max(t) as "lastCallAt", mode(app) as app
from read_parquet($file)`;

const placesSchema = z.array(z.object({ place: z.string(), count: z.number() }));

const PLACES_SQL = `
select place, count(*)::integer as count
from (
  select unnest(regexp_extract_all(line, ${literal(REDACTED_PLACE)})) as place
  from (select coalesce(raw, concat(url, chr(10), error, chr(10), app)) as line from read_parquet($file)
    where contains(url, '[redacted') or contains(error, '[redacted') or contains(raw, '[redacted') or contains(app, '[redacted'))
)
group by place order by count desc limit ${MOST_PLACES}`;
