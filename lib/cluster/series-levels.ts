import type pg from "pg";
import { SAMPLE_SECONDS } from "./terms";

/** The levels of the series' memory, finest first: samples as taken, and their roll-ups. */
export const SERIES_LEVELS = [
  { stepSeconds: SAMPLE_SECONDS, table: "series_samples" },
  { stepSeconds: 60, table: "series_minutes" },
  { stepSeconds: 3600, table: "series_hours" },
] as const;

export type SeriesLevel = (typeof SERIES_LEVELS)[number];

/** How far back each level goes. */
export type KeptLevel = SeriesLevel & { keepSeconds: number };

/** Machine-only: says how long the worker keeps each level, for those who read. Safe to call twice. */
export async function recordLevels(
  pool: pg.Pool,
  levels: readonly { stepSeconds: number; keepSeconds: number }[],
): Promise<void> {
  await pool.query(
    `insert into series_levels (step_seconds, keep_seconds) select * from unnest($1::int[], $2::bigint[])
     on conflict (step_seconds) do update set keep_seconds = excluded.keep_seconds
     where series_levels.keep_seconds <> excluded.keep_seconds`,
    [levels.map((level) => level.stepSeconds), levels.map((level) => level.keepSeconds)],
  );
}

/** The levels with how long each is kept, finest first. */
export async function readLevels(pool: pg.Pool): Promise<KeptLevel[]> {
  const { rows } = await pool.query<{ stepSeconds: number; keepSeconds: number }>(
    `select step_seconds as "stepSeconds", keep_seconds as "keepSeconds" from series_levels`,
  );
  const kept = new Map(rows.map((row) => [row.stepSeconds, row.keepSeconds]));
  return SERIES_LEVELS.map((level) => ({ ...level, keepSeconds: kept.get(level.stepSeconds) ?? 0 }));
}

// Steps a reader can name; each is a multiple of the level it is read from.
const STEPS = [
  5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];

// A chart of up to an hour is of the present: it shows every sample that is there, rolled up or not, and costs little.
const LIVE_SECONDS = 3_600;

/**
 * What a range is read from: the smallest step a reader can name that puts it into at most `points` bins, and the coarsest
 * level that is as fine as that step and goes back to `from`. Where only coarser levels go back that far, the step is theirs;
 * where none does, the longest memory is taken and what is older is a gap.
 */
export function planSeries(
  levels: readonly KeptLevel[],
  range: { from: Date; to: Date; now: Date; points: number },
): { level: SeriesLevel; stepSeconds: number } {
  const least = Math.max(SAMPLE_SECONDS, (range.to.getTime() - range.from.getTime()) / 1000 / range.points);
  const step = STEPS.find((each) => each >= least) ?? Math.ceil(least / 604_800) * 604_800;
  const ageSeconds = (range.now.getTime() - range.from.getTime()) / 1000;
  const reaching = levels.filter((level) => level.keepSeconds >= ageSeconds);
  const isLive = range.to.getTime() - range.from.getTime() <= LIVE_SECONDS * 1000;
  const level =
    (isLive ? reaching : reaching.toReversed()).find((each) => each.stepSeconds <= step) ??
    reaching[0] ??
    levels.toSorted((a, b) => b.keepSeconds - a.keepSeconds)[0] ??
    SERIES_LEVELS[0];
  return { level, stepSeconds: Math.max(step, level.stepSeconds) };
}
