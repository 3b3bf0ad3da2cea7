import { literal } from "./confined-duckdb";
import { LINE_FIELDS, type KeyAliases, type LineField } from "./line-fields";

const FIELDS = Object.keys(LINE_FIELDS) as LineField[];

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const transformed = (line: string, names: readonly string[]): string =>
  `json_transform(${line}, ${literal(JSON.stringify(Object.fromEntries(names.map((name) => [name, "VARCHAR"]))))})`;

/** SQL of the fields of a JSON line in the reference form, as texts; null where the line is no JSON object. */
export const referenceFields = (line: string): string =>
  `case when starts_with(${line}, '{') and json_valid(${line}) then ${transformed(line, FIELDS)} end`;

/** SQL of the fields of a JSON line under any of their names, as texts. */
export const aliasedFields = (line: string, aliases: KeyAliases): string =>
  `case when starts_with(ltrim(${line}), '{') and json_valid(${line})
    then ${transformed(line, [...new Set(Object.values(aliases).flat())])} end`;

/** SQL of one field of what `aliasedFields` gives: the first name that is there. */
export const firstOf = (struct: string, names: readonly string[]): string =>
  names.map((name) => `${struct}.${identifier(name)}`).join(", ");

// Of each field in the reference form: whether its value is quoted, and the longest that its column holds as it is.
const PLAIN_FIELDS: Record<LineField, { quoted: boolean; longest: number }> = {
  t: { quoted: true, longest: 40 },
  method: { quoted: true, longest: 16 },
  url: { quoted: true, longest: 2048 },
  status: { quoted: false, longest: 3 },
  ms: { quoted: false, longest: 9 },
  // Ten digits and more may be a telephone number.
  bytes: { quoted: false, longest: 9 },
  attempt: { quoted: false, longest: 5 },
  error: { quoted: true, longest: 1024 },
  app: { quoted: true, longest: 64 },
};

const NO_STATUS = '"status":null';

/**
 * SQL that is true when a line is a call of which the nine fields say everything: written as JSON without a space or an escape, the
 * fields that were read are exactly as long as the line. Any other key, a repeated one, an escape, a number where a text should be
 * would make it longer. Such a line need not be kept beside its columns, and what could hold a secret is its URL, error and app alone.
 */
export function isPlainCall({ line, fields, moment }: { line: string; fields: string; moment: string }): string {
  const lengths = FIELDS.map((name) => {
    const { quoted } = PLAIN_FIELDS[name];
    // "name":value, and the comma or the brace after it
    const around = name.length + (quoted ? 6 : 4);
    const absent =
      name === "status" ? `case when contains(${line}, '${NO_STATUS}') then ${NO_STATUS.length + 1} else 0 end` : "0";
    return `coalesce(${around} + strlen(${fields}.${name}), ${absent})`;
  });
  const short = FIELDS.filter((name) => name !== "t").map(
    (name) => `coalesce(strlen(${fields}.${name}), 0) <= ${PLAIN_FIELDS[name].longest}`,
  );
  return `coalesce(${moment} is not null and ${fields}.method in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
    and ${fields}.url <> '' and strlen(${line}) = 1 + ${lengths.join(" + ")} and ${short.join(" and ")}, false)`;
}

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
