import { literal } from "./confined-duckdb";
import { afterAuthority, authorityOf, hostOf, pathTemplate, untilQuery } from "./endpoint-sql";
import type { KeyAliases } from "./line-fields";
import { aliasedFields, firstOf, instantOf, isoInstantOf, LINE_COLUMNS, textFields } from "./line-sql";
import { MAX_QUOTED_BYTES } from "./log-lines";
import { LEARNT_TARGET, LINE_NUMBERS } from "./keep-targets";
import { redacted, redactedPlain, unescaped } from "./redaction";
import type { RedactionRules } from "./redaction-rules";

/** A file of lines as `LogLines` makes them, and how it is read. */
export interface LinesFile {
  from: string;
  /** Every line of `from` is a plain call. */
  isPlain: boolean;
  rules: RedactionRules;
  aliases: KeyAliases;
  /** How far the phone's clock is ahead of ours; 0 where it is right or nobody knows. */
  clockAheadMs?: number;
}

/** SQL of the rows of a log, redacted: one a line that is not blank, in order, `n` counting from 1. */
export const rowsSql = (file: LinesFile): string => `
  with lines as (select row_number() over () as n, * from ${linesOf(file)}),
  ${file.isPlain ? plainCalls(file) : anyCalls(file)},
  placed as (select *, ${untilQuery("url")} as place from calls),
  parted as (select *, ${authorityOf("place")} as authority from placed),
  targeted as (
    select *, case when is_call then concat(method, ' ', ${pathTemplate(afterAuthority("place", "authority"))}) end as endpoint,
      ${hostOf("authority")} as host
    from parted
  )
  ${rowsOf("targeted", file)}`;

/**
 * The same of a file of plain calls of which the targets are kept (`keepTargets`). Nothing before the query of a URL that was followed can be
 * a secret (`CallTargets`), and no team's own values are looked for.
 */
export const learntRowsSql = (file: LinesFile): string => `
  with lines as (
    select row_number() over () as n, * exclude method, ${LEARNT_TARGET} as target from ${linesOf(file)} positional join ${LINE_NUMBERS}
  ),
  calls as (
    select ${plainFields(file)}, target.method as method, target.endpoint as endpoint, target.host as host,
      case when not target.mayHoldSecret then url else ${redactedPlain("url", file.rules)} end as url,
      case when length(app) >= ${SHORTEST_SECRET} then ${redactedPlain("app", file.rules)} else app end as app
    from lines
  )
  ${rowsOf("calls", file)}`;

const linesOf = ({ from }: LinesFile): string =>
  `read_json(${literal(from)}, format = 'newline_delimited', compression = 'uncompressed',
    maximum_object_size = ${MAX_QUOTED_BYTES}, columns = {${LINE_COLUMNS}})`;

const rowsOf = (calls: string, { clockAheadMs = 0 }: LinesFile): string => `
  select n::double as n, ${clockAheadMs === 0 ? "moment" : `moment - to_milliseconds(${clockAheadMs})`} as t,
    ${clockAheadMs === 0 ? "null::timestamp" : "moment"} as t_device, method, url, endpoint, host, status, ms, bytes, attempt, error, app,
    (case when is_call then 'call' else 'text' end)::enum('call', 'text') as kind, raw
  from ${calls}`;

// As short as this, no app's version of a plain call is a secret by the rules for all teams: it has no `=`, `@` nor `%`.
const SHORTEST_SECRET = "cookie:1".length;

// A plain call's URL, error and app are what in it may hold a secret; the line itself says no more than its columns.
const plainCalls = (file: LinesFile): string => `
  calls as (
    select ${plainFields(file)}, method, ${redactedPlain("url", file.rules)} as url, ${redactedPlain("app", file.rules)} as app from lines
  )`;

const plainFields = ({ rules }: LinesFile): string =>
  `n, true as is_call, null::varchar as raw, ${isoInstantOf("t")} as moment, status, round(ms)::integer as ms, bytes,
    coalesce(attempt, 1) as attempt, ${redactedPlain("error", rules)} as error`;

// A line that is no plain call is redacted whole before it is read, so that no column holds what the line does not show. A call has a
// time, a method and a URL; all else is text.
const anyCalls = ({ rules, aliases }: LinesFile): string => `
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

const statusOf = (text: string): string =>
  `case when try_cast(${text} as smallint) between 100 and 599 then try_cast(${text} as smallint) end`;

const LARGEST = { integer: 2_147_483_647, bigint: Number.MAX_SAFE_INTEGER };

const wholeNumber = (text: string, type: keyof typeof LARGEST): string =>
  `case when try_cast(${text} as double) between 0 and ${LARGEST[type]} then round(try_cast(${text} as double))::${type} end`;
