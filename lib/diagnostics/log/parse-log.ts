import { z } from "zod";
import { literal, openConfinedDuckDb, PARQUET } from "./confined-duckdb";
import type { KeyAliases } from "./line-fields";
import { foldEndpoints } from "./fold-endpoints";
import { aliasedFields, firstOf, instantOf, isoInstantOf, LINE_COLUMNS, textFields } from "./line-sql";
import { MAX_QUOTED_BYTES } from "./log-lines";
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
  /** Every line of `from` is a plain call, as `LogLines` found. */
  isPlain: boolean;
  rules: RedactionRules;
  aliases: KeyAliases;
  /** How far the phone's clock is ahead of ours; 0 where it is right or nobody knows. */
  clockAheadMs?: number;
  /** When the phone was offline. */
  offline?: FindOffline;
  /** The file was found to end too early. */
  isBroken?: boolean;
}

const statusOf = (text: string): string =>
  `case when try_cast(${text} as smallint) between 100 and 599 then try_cast(${text} as smallint) end`;

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
    await foldEndpoints(duckdb, { folder, file: to });
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

/** One pass over the lines, as `LogLines` makes them. */
const copySql = ({ from, to, rules, aliases, isPlain, clockAheadMs = 0 }: Parse): string => `
copy (
  with lines as (
    select row_number() over () as n, * from read_json(${literal(from)}, format = 'newline_delimited', compression = 'uncompressed',
      maximum_object_size = ${MAX_QUOTED_BYTES}, columns = {${LINE_COLUMNS}})
  ),
  ${isPlain ? plainCalls(rules) : anyCalls({ rules, aliases })},
  placed as (select *, ${untilQuery("url")} as place from calls),
  parted as (select *, ${authorityOf("place")} as authority from placed)
  select n::double as n, ${clockAheadMs === 0 ? "moment" : `moment - to_milliseconds(${clockAheadMs})`} as t,
    ${clockAheadMs === 0 ? "null::timestamp" : "moment"} as t_device, method, url,
    case when is_call then concat(method, ' ', ${pathTemplate(afterAuthority("place", "authority"))}) end as endpoint,
    ${hostOf("authority")} as host, status, ms, bytes, attempt, error, app,
    case when is_call then 'call' else 'text' end as kind, raw
  from parted
) to ${literal(to)} (${PARQUET})`;

// A plain call's URL, error and app are what in it may hold a secret; the line itself says no more than its columns.
const plainCalls = (rules: RedactionRules): string => `
  calls as (
    select n, true as is_call, null::varchar as raw, ${isoInstantOf("t")} as moment, method, ${redacted("url", rules)} as url, status,
      round(ms)::integer as ms, bytes, coalesce(attempt, 1) as attempt, ${redacted("error", rules)} as error, ${redacted("app", rules)} as app
    from lines
  )`;

// A line that is no plain call is redacted whole before it is read, so that no column holds what the line does not show. A call has a
// time, a method and a URL; all else is text.
const anyCalls = ({ rules, aliases }: Pick<Parse, "rules" | "aliases">): string => `
  told as (select * replace (${unescaped("line")} as line), line is null as plain from lines),
  clean as (select * replace (${["url", "error", "app", "line"].map((name) => `${redacted(name, rules)} as ${name}`).join(", ")}) from told),
  other as (select *, ${aliasedFields("line", aliases)} as g, ${textFields("line")} as x from clean),
  fields as (
    select n, line as raw,
      case when plain then ${isoInstantOf("t")} else ${instantOf(`coalesce(${firstOf("g", aliases.t)}, x.t)`)} end as moment,
      case when plain then method
        else regexp_extract(upper(coalesce(${firstOf("g", aliases.method)}, x.method)), '^[A-Z]{1,16}$') end as method,
      case when plain then url else left(coalesce(${firstOf("g", aliases.url)}, x.url), 2048) end as url,
      case when plain then status else ${statusOf(`coalesce(${firstOf("g", aliases.status)}, x.status)`)} end as status,
      case when plain then round(ms)::integer else ${wholeNumber(`coalesce(${firstOf("g", aliases.ms)}, x.ms)`, "integer")} end as ms,
      case when plain then bytes else ${wholeNumber(`coalesce(${firstOf("g", aliases.bytes)}, x.bytes)`, "bigint")} end as bytes,
      case when plain then attempt else ${wholeNumber(`coalesce(${firstOf("g", aliases.attempt)})`, "integer")} end as attempt,
      case when plain then error
        else left(coalesce(${firstOf("g", aliases.error)}, nullif(x.error, '')), 1024) end as error,
      case when plain then app
        else nullif(regexp_extract(coalesce(${firstOf("g", aliases.app)}), '^[][A-Za-z0-9 ._()+:-]{1,64}$'), '') end as app
    from other
  ),
  judged as (
    select *, moment is not null and coalesce(method, '') <> '' and coalesce(url, '') <> '' as is_call from fields
  ),
  calls as (
    select n, is_call, raw, ${["moment", "method", "url", "status", "ms", "bytes", "error", "app"].map((name) => `case when is_call then ${name} end as ${name}`).join(", ")},
      case when is_call then coalesce(nullif(attempt, 0), 1) end as attempt
    from judged
  )`;

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
