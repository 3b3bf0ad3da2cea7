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

// A word begins here; the letter of an escape (`\n`) or of a terminal's colour (`[31m`) is no part of it.
const WORD = `(?:\\b|\\\\[bfnrt]|\\\\u[0-9a-f]{4}|\\[[0-9;]*m)`;

// A value ends where a query's or a sentence's does; an escaped backslash or slash is part of it.
const VALUE = `(?:[^&\\s"'\\\\;#]|\\\\[^"'\\sbfnrtu])+`;

/** Each a pattern and what stands in its place; in this order, as a later rule would tear what an earlier one takes whole. */
const RULES: readonly (readonly [pattern: string, by: string])[] = [
  // a JSON number by its name, or one that is a phone number, becomes a text
  [`("(?:${SECRET_NAMES})"\\s*:\\s*)-?[0-9][0-9.e+-]*|([^\\\\]"\\s*:\\s*)628[0-9]{7,12}\\b`, `\\1\\2"[redacted]"`],
  // user:password@ of a URL
  [`(://)(?:[^/?#\\s"'@\\\\]|\\\\[^"'\\sbfnrtu/])+@`, "\\1[redacted]@"],
  // "name":"value", and the same inside a JSON string, where an inner escape has two backslashes or three
  [`("(?:${SECRET_NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)+`, "\\1[redacted]"],
  [
    `(\\\\"(?:${SECRET_NAMES})\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))+|(\\\\"(?:${SECRET_NAMES})\\\\"\\s*:\\s*)-?[0-9][0-9.e+-]*`,
    "\\1\\2[redacted]",
  ],
  // a header written as text, and the credential of an Authorization header
  [
    `(${WORD}(?:authorization|(?:set-)?cookie)\\s*:\\s*)[^\\s"'\\\\](?:[^\\n"\\\\]|\\\\[^"bfnrtu])*|(${WORD}(?:bearer|basic)(?:\\s|%20|\\+)+)[a-z0-9._~+/=-]{4,}`,
    "\\1\\2[redacted]",
  ],
  // name=value, in a query or in text; short names are secrets only in a query
  [`(${WORD}(?:${SECRET_NAMES})(?:=|%3D)|[?&](?:code|key|sig|sid|state|ticket)=)${VALUE}`, "\\1[redacted]"],
  // a JSON web token; an e-mail address, also percent-encoded; a phone number in international form
  [
    `eyJ[a-z0-9_-]{6,}(?:\\.[a-z0-9_-]*){1,4}|[a-z0-9._%+-]+(?:@|%40)[a-z0-9-]+(?:\\.[a-z0-9-]+)+|(?:\\+|%2B)[1-9](?:[ ().-]{0,2}[0-9]){7,14}`,
    "[redacted]",
  ],
  // Indonesian mobile numbers as they are written
  [`(${WORD})(?:62|0)8[0-9](?:[ .-]?[0-9]){6,11}\\b`, "\\1[redacted]"],
];

const ANY = RULES.map(([pattern]) => pattern).join("|");

const sqlText = (pattern: string): string => `'${pattern.replaceAll("'", "''")}'`;

const replaced = (sql: string, pattern: string, by: string): string =>
  `regexp_replace(${sql}, ${sqlText(pattern)}, '${by}', 'gi')`;

// Encoders of JSON that write for HTML escape the first three; a URL needs the fourth.
const ESCAPED = [
  ["003d", "="],
  ["0026", "&"],
  ["0040", "@"],
  ["002b", "+"],
] as const;

/**
 * SQL of a line without escapes that would hide a secret from the rules: JSON is written anew, which resolves all; of a line cut
 * short, the escapes of what the rules look for are resolved.
 */
export function unescaped(line: string): string {
  const cut = ESCAPED.reduce((sql, [code, letter]) => replaced(sql, `\\\\u${code}`, letter), line);
  return `case when not contains(${line}, '\\') then ${line} when json_valid(${line}) then json(${line})::varchar else ${cut} end`;
}

/** SQL that redacts a column of lines, `unescaped` before. */
export function redacted(column: string): string {
  const all = RULES.reduce((sql, [pattern, by]) => replaced(sql, pattern, by), column);
  return `case when regexp_matches(${column}, ${sqlText(ANY)}, 'i') then ${all} else ${column} end`;
}

/**
 * Parts of a path that are an identifier rather than a word: they begin with a digit (but `v1` stays), are letters, a
 * separator and something with a digit (`ABC-123`), letters and at least three digits, eight or more hex digits, or redacted.
 */
const IDENTIFIER =
  "/(?:[0-9][^/]*|[a-z]+[-_.~][^/]*[0-9][^/]*|[a-z]+[0-9]{3,}[^/]*|[0-9a-f]{8}[0-9a-f-]*|[^/]*\\[redacted\\][^/]*)";

/** SQL of the endpoint's path, identifiers as `{id}`: `/v1/orders/ABC-123` is `/v1/orders/{id}`. */
export const pathTemplate = (path: string): string => replaced(path, IDENTIFIER, "/{id}");

/** SQL of what stands between `://` and the path of a URL, `user@host:port`; empty where the URL is a path alone. */
export const authorityOf = (url: string): string =>
  `case when regexp_matches(${url}, '^[A-Za-z][A-Za-z0-9+.-]*://') then ${untilQuery(`split_part(${url}, '/', 3)`)} else '' end`;

/** SQL of the host and port of an authority, without credentials. */
export const hostOf = (authority: string): string =>
  `case when contains(${authority}, '@') then split_part(${authority}, '@', -1) else ${authority} end`;

/** SQL of the path of a URL with this authority, without query and fragment. */
export const pathOf = (url: string, authority: string): string =>
  untilQuery(
    `case when ${authority} = '' then ${url} else substr(${url}, instr(${url}, '://') + 3 + length(${authority})) end`,
  );

// Plain functions: an expression in their place takes five times as long.
const untilQuery = (sql: string): string => `split_part(split_part(${sql}, '?', 1), '#', 1)`;
