import { literal } from "./confined-duckdb";

/** What stands for an identifier in an endpoint. */
export const ID = "{id}";

/**
 * Parts of a path that are an identifier rather than a word: they begin with a digit (but `v1` stays), are letters, a
 * separator and something with a digit (`ABC-123`), letters and at least three digits, letters and digits in turn (`qxafp4f2`; but
 * `v1beta1` stays), eight or more hex digits, or redacted.
 */
export const IDENTIFIER =
  "(?:[0-9][^/]*|[a-z]+[-_.~][^/]*[0-9][^/]*|[a-z]+[0-9]{3,}[^/]*" +
  "|(?:[a-uw-z][a-z]*|v[a-z]+)[0-9]+[a-z]+[0-9][^/]*|[0-9a-f]{8}[0-9a-f-]*|[^/]*\\[redacted[^/]*)";

/** SQL of the endpoint's path, identifiers as `{id}`: `/v1/orders/ABC-123` is `/v1/orders/{id}`. */
export const pathTemplate = (path: string): string =>
  `regexp_replace(${path}, ${literal(`/${IDENTIFIER}`)}, '/${ID}', 'gi')`;

// Plain functions that look for one letter, as expressions take four times as long (bench/ingest.bench.ts).
/** SQL of a URL without query and fragment. */
export const untilQuery = (url: string): string =>
  `case when contains(${url}, '?') or contains(${url}, '#') then split_part(split_part(${url}, '?', 1), '#', 1) else ${url} end`;

/** SQL of what stands between `://` and the next slash of a URL without query, `user@host:port`; empty where it is a path alone. */
export const authorityOf = (place: string): string =>
  `case when instr(${place}, '://') between 2 and 16 then split_part(${place}, '/', 3) else '' end`;

/** SQL of the host and port of an authority, without credentials. */
export const hostOf = (authority: string): string =>
  `case when contains(${authority}, '@') then split_part(${authority}, '@', -1) else ${authority} end`;

/** SQL of what follows the authority of a URL. */
export const afterAuthority = (place: string, authority: string): string =>
  `case when ${authority} = '' then ${place} else substr(${place}, instr(${place}, '://') + 3 + length(${authority})) end`;
