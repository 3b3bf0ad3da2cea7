import { REDACTED_KINDS, type RedactedKind, type RedactionRules } from "./redaction-rules";

/**
 * What is taken out of a line before anyone can read it, as regular expressions of RE2 (DuckDB's). A line is passed over once
 * to see whether any rule applies; only where one does are the secrets replaced, which costs ten times as much
 * (bench/ingest.bench.ts). What stands before a secret is kept, so that a reader sees what kind of thing was there. The rules
 * read JSON as it is written, before its escapes are resolved, and none takes half an escape or a quote, so that redacted JSON
 * stays JSON and each column read from it is redacted, too.
 */

// A word begins here; the letter of an escape (`\n`) or of a terminal's colour (`[31m`) is no part of it.
const WORD = `(?:\\b|\\\\[bfnrt]|\\\\u[0-9a-f]{4}|\\[[0-9;]*m)`;

// A value ends where a query's or a sentence's does; an escaped backslash or slash is part of it.
const VALUE = `(?:[^&\\s"'\\\\;#]|\\\\[^"'\\sbfnrtu])+`;

type Rule = readonly [pattern: string, by: string];

const allOf = (patterns: Partial<Record<RedactedKind, readonly string[]>>): string =>
  REDACTED_KINDS.flatMap((kind) => patterns[kind] ?? []).join("|");

/** Rules that need a quote to apply: those of JSON. Each a pattern and what stands in its place. */
const quotedRules = (names: string): readonly Rule[] => [
  // a JSON number by its name, or one that is a phone number, becomes a text
  [`("(?:${names})"\\s*:\\s*)-?[0-9][0-9.e+-]*|([^\\\\]"\\s*:\\s*)628[0-9]{7,12}\\b`, `\\1\\2"[redacted]"`],
  // "name":"value", and the same inside a JSON string, where an inner escape has two backslashes or three
  [`("(?:${names})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)+`, "\\1[redacted]"],
  [
    `(\\\\"(?:${names})\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))+|(\\\\"(?:${names})\\\\"\\s*:\\s*)-?[0-9][0-9.e+-]*`,
    "\\1\\2[redacted]",
  ],
];

/** In this order, as a later rule would tear what an earlier one takes whole. What all of them need to apply to a path, `CallTargets` knows. */
const plainRules = ({ values }: RedactionRules, names: string): readonly Rule[] => [
  // a header written as text, and the credential of an Authorization header
  [
    `(${WORD}(?:authorization|(?:set-)?cookie)\\s*:\\s*)[^\\s"'\\\\](?:[^\\n"\\\\]|\\\\[^"bfnrtu])*|(${WORD}(?:bearer|basic)(?:\\s|%20|\\+)+)[a-z0-9._~+/=-]{4,}`,
    "\\1\\2[redacted]",
  ],
  // name=value, in a query or in text; short names are secrets only in a query
  [`(${WORD}(?:${names})(?:=|%3D)|[?&](?:code|key|sig|sid|state|ticket)=)${VALUE}`, "\\1[redacted]"],
  // a JSON web token
  [`eyJ[a-z0-9_-]{6,}(?:\\.[a-z0-9_-]*){1,4}`, "[redacted:token]"],
  // an e-mail address, also percent-encoded
  [`[a-z0-9._%+-]+(?:@|%40)[a-z0-9-]+(?:\\.[a-z0-9-]+)+`, "[redacted:email]"],
  // a phone number in international form, and Indonesian mobile numbers as they are written
  [
    `(?:\\+|%2B)[1-9](?:[ ().-]{0,2}[0-9]){7,14}|(${WORD})(?:62|0)8[0-9](?:[ .-]?[0-9]){6,11}\\b`,
    "\\1[redacted:phone]",
  ],
  ...REDACTED_KINDS.flatMap((kind) =>
    (values[kind] ?? []).map((pattern): Rule => [`(?:${pattern})`, `[redacted:${kind}]`]),
  ),
];

// user:password@ of a URL; before the others, as it would look like an e-mail address to them
const CREDENTIALS: Rule = [`(://)(?:[^/?#\\s"'@\\\\]|\\\\[^"'\\sbfnrtu/])+@`, "\\1[redacted]@"];

const sqlText = (pattern: string): string => `'${pattern.replaceAll("'", "''")}'`;

const replaced = (sql: string, [pattern, by]: Rule): string =>
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
  const cut = ESCAPED.reduce((sql, [code, letter]) => replaced(sql, [`\\\\u${code}`, letter]), line);
  return `case when ${line} is null then null when not contains(${line}, '\\') then ${line} when json_valid(${line}) then json(${line})::varchar else ${cut} end`;
}

/** SQL that redacts a column of lines, `unescaped` before. */
export function redacted(column: string, rules: RedactionRules): string {
  const names = allOf(rules.names);
  const [number = CREDENTIALS, ...quoted] = quotedRules(names);
  const plain = plainRules(rules, names);
  return `case when contains(${column}, '"') then ${taken(column, [number, CREDENTIALS, ...quoted, ...plain])}
    else ${redactedPlain(column, rules)} end`;
}

/** SQL that redacts a column of texts without quotes, none of which needs the rules of JSON. */
export const redactedPlain = (column: string, rules: RedactionRules): string =>
  taken(column, [CREDENTIALS, ...plainRules(rules, allOf(rules.names))]);

/** SQL of a text without what the rules take out, in their order; most texts pass as they are. */
function taken(column: string, rules: readonly Rule[]): string {
  const any = rules.map(([pattern]) => pattern).join("|");
  return `case when regexp_matches(${column}, ${sqlText(any)}, 'i') then ${rules.reduce(replaced, column)} else ${column} end`;
}

/** RE2 of a place where something was taken out, with the name before it, if any: what `kindOf` is asked about. */
export const REDACTED_PLACE =
  '(?:[A-Za-z][A-Za-z0-9_-]*(?:\\\\*"?\\s*[:=]\\s*\\\\*"?|%3D|(?:\\s|%20|\\+)+))?(?:\\[redacted\\]|\\[redacted:[A-Za-z]+\\])';

/** Of what kind the thing was that stood at a place. */
export function kindOf(place: string, rules: RedactionRules): RedactedKind {
  const marked = /\[redacted:([A-Za-z]+)\]$/.exec(place)?.[1];
  const name = /^[A-Za-z][A-Za-z0-9_-]*/.exec(place)?.[0] ?? "";
  if (marked) return REDACTED_KINDS.find((kind) => kind === marked) ?? "other";
  if (name === "") return "password";
  if (/^(?:bearer|basic)$/i.test(name)) return "header";
  const isOf = (kind: RedactedKind): boolean =>
    (rules.names[kind] ?? []).some((pattern) => new RegExp(`^(?:${pattern})$`, "i").test(name));
  return REDACTED_KINDS.find(isOf) ?? "token";
}
