import { literal } from "./confined-duckdb";
import type { KeyAliases, LineField } from "./line-fields";

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const transformed = (line: string, names: readonly string[]): string =>
  `json_transform(${line}, ${literal(JSON.stringify(Object.fromEntries(names.map((name) => [name, "VARCHAR"]))))})`;

/** The columns of a file of lines, in the words of DuckDB's reader: the fields of a plain call, or the quoted line. */
export const LINE_COLUMNS = Object.entries({
  t: "varchar",
  method: "varchar",
  url: "varchar",
  status: "smallint",
  ms: "double",
  bytes: "bigint",
  attempt: "integer",
  error: "varchar",
  app: "varchar",
  line: "varchar",
} satisfies Record<LineField | "line", string>)
  .map(([name, type]) => `${name}: '${type}'`)
  .join(", ");

/** SQL of the fields of a JSON line under any of their names, as texts. */
export const aliasedFields = (line: string, aliases: KeyAliases): string =>
  `case when starts_with(ltrim(${line}), '{') and json_valid(${line})
    then ${transformed(line, [...new Set(Object.values(aliases).flat())])} end`;

/** SQL of one field of what `aliasedFields` gives: the first name that is there. */
export const firstOf = (struct: string, names: readonly string[]): string =>
  names.map((name) => `${struct}.${identifier(name)}`).join(", ");

// 2020-11-06T10:15:02.113+07:00 GET https://api.example/v1/orders/ABC-123 200 143ms 1532B; what follows is the error
const TEXT_FORM =
  "^\\s*([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]{2,6})?)\\s+([A-Za-z]{3,16})\\s+([^\\s]*/[^\\s]*)" +
  "\\s+(-|[0-9]{3})(?:\\s+([0-9]+)(?:[.][0-9]+)?\\s?ms)?(?:\\s+([0-9]+)\\s?B)?(?:\\s+(.+))?\\s*$";

/** SQL of the fields of a line in the text form, as texts; those that are absent are empty. */
export const textFields = (line: string): string =>
  `case when regexp_matches(${line}, '^\\s*[0-9]{4}-')
    then regexp_extract(${line}, ${literal(TEXT_FORM)}, ['t', 'method', 'url', 'status', 'ms', 'bytes', 'error']) end`;

/** SQL of an instant as text, ISO 8601 or a number of seconds or milliseconds since 1970, as a timestamp in UTC, to the millisecond. */
export const instantOf = (text: string): string =>
  `case when regexp_full_match(${text}, '[0-9]{9,10}([.][0-9]+)?') then epoch_ms((${text}::double * 1000)::bigint)
    when regexp_full_match(${text}, '[0-9]{12,13}') then epoch_ms(${text}::bigint)
    else ${isoInstantOf(text)} end`;

/** SQL of an ISO 8601 instant as text as a timestamp in UTC, to the millisecond; null where it is none. */
export const isoInstantOf = (text: string): string => `epoch_ms(epoch_ms(try_cast(${text} as timestamptz)))`;
