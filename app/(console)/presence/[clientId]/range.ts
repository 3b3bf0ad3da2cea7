/** Ranges of the session strip. */
export const RANGE_MS = { day: 24 * 3_600_000, week: 7 * 24 * 3_600_000 } as const;
export type Range = keyof typeof RANGE_MS;

const STEP_MS = 300_000;

/** From when sessions are read for a page opened at an instant: a little early and round, so that server and browser ask alike. */
export const sessionsFrom = (openedAt: number, rangeMs: number): string =>
  new Date(Math.floor((openedAt - rangeMs) / STEP_MS) * STEP_MS).toISOString();
