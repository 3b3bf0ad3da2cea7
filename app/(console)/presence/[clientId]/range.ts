const DAY_MS = 24 * 3_600_000;

/** Ranges of the session strip up to now; the longest is what is kept. */
export const RANGE_MS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS, all: 400 * DAY_MS } as const;
export type Range = keyof typeof RANGE_MS;

const STEP_MS = 300_000;

/** From when sessions are read for a page opened at an instant: a little early and round, so that server and browser ask alike. */
export const sessionsFrom = (openedAt: number, rangeMs: number): string =>
  new Date(Math.floor((openedAt - rangeMs) / STEP_MS) * STEP_MS).toISOString();

/** Shorter than this nothing more is seen. */
export const SHORTEST_MS = 60_000;

/** A stretch with its ends in order, not shorter than a minute, not longer than what is kept, not after now. */
export function boundedSpan(from: number, to: number, now: number): { from: number; to: number } {
  const end = Math.min(Math.max(from, to), now);
  const start = Math.max(Math.min(from, to), end - RANGE_MS.all);
  return { from: Math.min(start, end - SHORTEST_MS), to: end };
}
