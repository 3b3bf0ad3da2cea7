import { rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { literal, PARQUET, type ConfinedDuckDb } from "./confined-duckdb";

/** From, inclusive, to, exclusive; milliseconds since 1970. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** When the phone was offline within a span, by our clock. */
export type FindOffline = (span: Span) => Promise<Span[]>;

/** Why nothing was written: the phone was offline, the app was not running, it wrote nothing though the phone was online, the file ends here. */
export const GAP_REASONS = ["offline", "killed", "silent", "truncated"] as const;
export type GapReason = (typeof GAP_REASONS)[number];

// A shorter silence is an app in a pocket. A guess to revisit.
const SHORTEST_GAP_MS = 5 * 60_000;
// The longest ones; each costs a stretch of its own when the file is written anew.
const MOST_GAPS = 100;
// Lines by which apps tell that they begin anew or end.
const KILLED = "(app|application|process)\\b.{0,40}\\b((re)?start(s|ed|ing)?|launch(ed)?|killed|crash(ed)?|terminated)";

const silenceSchema = z.object({ n: z.number(), next: z.number(), fromMs: z.number(), toMs: z.number() });

const cutSchema = z.object({ n: z.number(), atMs: z.number() });

interface Gap extends Span {
  n: number;
  reason: GapReason;
}

/**
 * Finds the stretches of a log without lines and writes them into its Parquet as rows of kind `gap`: `n` half a line after the one
 * before, `t` its begin, `ms` its length, `error` its reason. `isBroken`: the file was found to end too early. Returns how many. The file is written anew only where there is one.
 */
export async function placeGaps(
  duckdb: ConfinedDuckDb,
  { folder, file, offline, isBroken }: { folder: string; file: string; offline: FindOffline; isBroken: boolean },
): Promise<number> {
  const silences = z.array(silenceSchema).parse(await duckdb.query(SILENCES_SQL, { file }));
  const asked = silences.length > 0;
  const told = z.array(z.object({ n: z.number() })).parse(asked ? await duckdb.query(KILLED_SQL, { file }) : []);
  const away = asked ? await offline(spanOf(silences)) : [];
  const gaps: Gap[] = silences.map((silence) => ({ ...silence, reason: reasonOf(silence, { away, told }) }));
  const [cut] = z.array(cutSchema).parse(await duckdb.query(isBroken ? LAST_SQL : CUT_SQL, { file }));
  if (cut) gaps.push({ n: cut.n, fromMs: cut.atMs, toMs: cut.atMs, reason: "truncated" });
  if (gaps.length === 0) return 0;
  const written = path.join(folder, "with-gaps.parquet");
  await duckdb.query(rewriteSql({ file, to: written, gaps: gaps.toSorted((a, b) => a.n - b.n) }));
  await rename(written, file);
  return gaps.length;
}

const spanOf = (spans: readonly Span[]): Span => ({
  fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
  toMs: Math.max(...spans.map(({ toMs }) => toMs)),
});

function reasonOf(
  silence: z.output<typeof silenceSchema>,
  { away, told }: { away: readonly Span[]; told: readonly { n: number }[] },
): GapReason {
  if (told.some(({ n }) => n > silence.n && n < silence.next)) return "killed";
  const awayMs = away.reduce(
    (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, silence.toMs) - Math.max(fromMs, silence.fromMs)),
    0,
  );
  return awayMs * 2 >= silence.toMs - silence.fromMs ? "offline" : "silent";
}

/** Stretches of the file as it is and the gaps between them, in order; nothing is sorted, so memory stays bounded. */
function rewriteSql({ file, to, gaps }: { file: string; to: string; gaps: readonly Gap[] }): string {
  const lines = (after: number, upTo: number | null): string =>
    `select * from read_parquet(${literal(file)}) where n > ${after}${upTo === null ? "" : ` and n <= ${upTo}`}`;
  const parts = gaps.flatMap((gap, index) => [
    lines(gaps[index - 1]?.n ?? 0, gap.n),
    `select ${gap.n + 0.5}::double as n, epoch_ms(${gap.fromMs}::bigint) as t, null::timestamp as t_device, null as method, null as url,
      null as endpoint, null as host, null::smallint as status, ${Math.min(gap.toMs - gap.fromMs, 2_147_483_647)}::integer as ms,
      null::bigint as bytes, null::integer as attempt, ${literal(gap.reason)} as error, null as app, 'gap' as kind, null as raw`,
  ]);
  return `copy (${[...parts, lines(gaps.at(-1)?.n ?? 0, null)].join(" union all ")}) to ${literal(to)} (${PARQUET})`;
}

const SILENCES_SQL = `
select * from (
  select n, lead(n) over () as next, epoch_ms(t)::double as "fromMs", lead(epoch_ms(t)) over ()::double as "toMs"
  from read_parquet($file) where t is not null
)
where "toMs" - "fromMs" >= ${SHORTEST_GAP_MS} order by "toMs" - "fromMs" desc limit ${MOST_GAPS}`;

const KILLED_SQL = `
select n from read_parquet($file) where kind = 'text' and regexp_matches(raw, ${literal(KILLED)}, 'i') order by n limit 10000`;

const LAST_SQL = `select max(n) as n, epoch_ms(max(t))::double as "atMs" from read_parquet($file) having max(t) is not null`;

// A last line that begins as JSON and is none was cut, by whoever wrote the file.
const CUT_SQL = `
with last as (${LAST_SQL})
select last.n, last."atMs" from last join read_parquet($file) line on line.n = last.n
where line.kind = 'text' and starts_with(line.raw, '{') and not json_valid(line.raw)`;
