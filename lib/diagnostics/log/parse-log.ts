import { z } from "zod";
import { literal, openConfinedDuckDb } from "./confined-duckdb";
import { placeGaps, type FindOffline } from "./place-gaps";
import { kindOf, REDACTED_PLACE } from "./redaction";
import type { RedactedCounts, RedactionRules } from "./redaction-rules";
import { writeRows, type Rows } from "./write-rows";

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

interface Parse extends Rows {
  /** When the phone was offline. */
  offline?: FindOffline;
  /** The file was found to end too early. */
  isBroken?: boolean;
}

/**
 * Turns a file of lines into Parquet with the columns of the diagnostics page, redacted: one row a
 * line that is not blank, in order, `n` counting from 1. A line that is no call keeps its place as kind `text`; a stretch without lines
 * becomes a row of kind `gap` halfway between its neighbours. Both files lie in `folder`; `to` is made. Memory stays bounded whatever
 * the file holds.
 */
export async function parseLog(parse: Parse): Promise<ParsedLog> {
  const { folder, to, rules } = parse;
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: PARSE_TIMEOUT_MS });
  try {
    await writeRows(duckdb, parse);
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

const COUNT_SQL = `
select count(*)::integer as lines,
  (count(*) filter (where kind = 'call'))::integer as calls,
  (count(*) filter (where kind = 'call' and (status is null or status >= 400)))::integer as "failedCalls",
  min(t) as "firstCallAt", max(t) as "lastCallAt",
  (select app from read_parquet($file) where app is not null group by app order by count(*) desc limit 1) as app
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
