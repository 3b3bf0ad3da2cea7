import { performance } from "node:perf_hooks";

/** A wait that was begun. */
export interface Wait {
  /** After this its work is not done; safe to call twice. */
  cancel: () => void;
}

/**
 * The broker's time. Instants are true, so that others can compare them with their own clock; waits (72 s until a frozen node is
 * noticed, 8 s for a connection of the pool, 5 s for an answer, keep alives) pass `timeScale` times faster.
 */
export interface Clock {
  readonly timeScale: number;
  /** Milliseconds since the epoch, true. */
  now: () => number;
  /** Broker milliseconds since some beginning; they pass as fast as waits do. Never goes back. */
  elapsedMs: () => number;
  /** Does the work after this many broker milliseconds. */
  after: (ms: number, work: () => void) => Wait;
  sleep: (ms: number) => Promise<void>;
  /** True milliseconds of a wait, for what has a timer of its own. */
  trueMs: (ms: number) => number;
}

// setTimeout's longest wait, 24.8 days.
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createClock({ timeScale = 1, now = Date.now }: { timeScale?: number; now?: () => number } = {}): Clock {
  const trueMs = (ms: number): number => Math.min(ms / timeScale, MAX_TIMER_MS);
  return {
    timeScale,
    now,
    elapsedMs: () => performance.now() * timeScale,
    after: (ms, work) => {
      const timer = setTimeout(work, trueMs(ms));
      return { cancel: () => clearTimeout(timer) };
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, trueMs(ms));
      }),
    trueMs,
  };
}
