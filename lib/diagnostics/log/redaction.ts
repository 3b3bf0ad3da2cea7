/**
 * What is taken out of a line before anyone can read it, as regular expressions of RE2 (DuckDB's). A line is passed over once
 * to see whether any rule applies; only where one does are the secrets replaced, which costs ten times as much
 * (bench/ingest.bench.ts). What stands before a secret is kept, so that a reader sees what kind of thing was there. The rules
 * read JSON as it is written, before its escapes are resolved, and none takes half an escape or a quote, so that redacted JSON
 * stays JSON and each column read from it is redacted, too.
 */

const SECRET_NAMES = [
  "[a-z_-]*token",
  "[a-z_-]*password",
  "passwd",
  "pwd",
  "[a-z_-]*secret",
  "(?:x-)?api[_-]?key",
  "authorization",
  "(?:set-)?cookie",
  "otp",
  "pin",
  "session_?id",
  "signature",
  "x-amz-[a-z-]+",
  "e?mail",
  "phone(?:_?number)?",
  "msisdn",
  "nik",
  "(?:full|first|last|patient)_?name",
  "(?:date_?of_?birth|birth_?da(?:te|y)|dob)",
  "(?:icd(?:_?10)?|diagnosis)(?:_?code)?",
].join("|");

// A word begins here; the letter of an escape (`\n`) is no part of it.
const WORD = `(?:\\b|\\\\[bfnrt]|\\\\u[0-9a-f]{4})`;

// A value ends where a query's or a sentence's does; an escaped backslash or slash is part of it.
const VALUE = `(?:[^&\\s"'\\\\;#]|\\\\[^"'\\sbfnrtu])+`;

/** JSON numbers by name, or that are a phone number: replaced by a text. */
const NUMBERS = [`("(?:${SECRET_NAMES})"\\s*:\\s*)-?[0-9][0-9.e+-]*`, `([^\\\\]"\\s*:\\s*)628[0-9]{7,12}\\b`].join("|");

/** Each begins with a group that is kept; the second group follows the secret. */
const NAMED = [
  // 1, 2: user:password@ of a URL
  `(://)(?:[^/?#\\s"'@\\\\]|\\\\[^"'\\sbfnrtu/])+(@)`,
  // 3: the credential of an Authorization header
  `(${WORD}(?:bearer|basic)(?:\\s|%20|\\+)+)[a-z0-9._~+/=-]{4,}`,
  // 4: name=value, in a query or in text; short names are secrets only in a query
  `(${WORD}(?:${SECRET_NAMES})(?:=|%3D)|[?&](?:code|key|sig|sid|state|ticket)=)${VALUE}`,
  // 5: "name":"value"
  `("(?:${SECRET_NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)+`,
  // 6: the same inside a JSON string, where an inner escape has two backslashes or three
  `(\\\\"(?:${SECRET_NAMES})\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))+`,
  // 7: a number inside a JSON string
  `(\\\\"(?:${SECRET_NAMES})\\\\"\\s*:\\s*)-?[0-9][0-9.e+-]*`,
  // 8: a header written as text
  `(${WORD}(?:authorization|(?:set-)?cookie)\\s*:\\s*)[^\\s"'\\\\](?:[^\\n"\\\\]|\\\\[^"bfnrtu])*`,
].join("|");

/** Secrets known by their looks, wherever they stand. */
const SHAPES = [
  // a JSON web token
  `eyJ[a-z0-9_-]{6,}(?:\\.[a-z0-9_-]*){1,4}`,
  // an e-mail address, also percent-encoded
  `[a-z0-9._%+-]+(?:@|%40)[a-z0-9-]+(?:\\.[a-z0-9-]+)+`,
  // a phone number: international form, and Indonesian mobile numbers as they are written
  `(?:\\+|%2B)[1-9](?:[ ().-]{0,2}[0-9]){7,14}`,
].join("|");
const LOCAL_PHONE = `(${WORD})(?:62|0)8[0-9](?:[ .-]?[0-9]){6,11}\\b`;

const text = (pattern: string): string => `'${pattern.replaceAll("'", "''")}'`;

const replaced = (sql: string, pattern: string, by: string): string =>
  `regexp_replace(${sql}, ${text(pattern)}, '${by}', 'gi')`;

const ANY = [NUMBERS, NAMED, SHAPES, LOCAL_PHONE].join("|");

/** SQL that redacts a line; the line's expression is written several times, so let it be a column. Groups without a part are empty. */
export function redacted(column: string): string {
  const named = replaced(replaced(column, NUMBERS, `\\1\\2"[redacted]"`), NAMED, "\\1\\3\\4\\5\\6\\7\\8[redacted]\\2");
  const all = replaced(named, `${LOCAL_PHONE}|${SHAPES}`, "\\1[redacted]");
  return `case when regexp_matches(${column}, ${text(ANY)}, 'i') then ${all} else ${column} end`;
}

/**
 * Parts of a path that are an identifier rather than a word: they begin with a digit (but `v1` stays), are letters, a
 * separator and something with a digit (`ABC-123`), letters and at least three digits, eight or more hex digits, or redacted.
 */
const IDENTIFIER =
  "/(?:[0-9][^/]*|[a-z]+[-_.~][^/]*[0-9][^/]*|[a-z]+[0-9]{3,}[^/]*|[0-9a-f]{8}[0-9a-f-]*|[^/]*\\[redacted\\][^/]*)";

/** SQL of the endpoint's path, identifiers as `{id}`: `/v1/orders/ABC-123` is `/v1/orders/{id}`. */
export const pathTemplate = (path: string): string => replaced(path, IDENTIFIER, "/{id}");

/** SQL of the beginning of a URL up to its path, `https://user@host:port`; empty where it has none. */
export const originOf = (url: string): string => `regexp_extract(${url}, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*')`;

/** SQL of the host and port of an origin, without credentials. */
export const hostOf = (origin: string): string =>
  `case when contains(${origin}, '@') then regexp_extract(${origin}, '@([^@]*)$', 1) else split_part(${origin}, '/', 3) end`;

/** SQL of the path of a URL that begins with `origin`, without query and fragment. */
export const pathOf = (url: string, origin: string): string =>
  `split_part(split_part(substr(${url}, length(${origin}) + 1), '?', 1), '#', 1)`;
