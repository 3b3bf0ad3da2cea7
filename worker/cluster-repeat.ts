import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Runs `work` every `everyMs`, the first time at once, never overlapping itself: a run that takes longer skips the turns it
 * missed. What it throws goes to `onError` and the next turn comes all the same. Ends when `signal` aborts; the promise
 * settles when the last run has ended.
 */
export async function repeat(options: {
  everyMs: number;
  /** Turns fall on multiples of `everyMs` of the clock plus this; absent: on multiples since the start. */
  alignedMs?: number;
  signal: AbortSignal;
  work: () => Promise<void>;
  onError: (error: unknown) => void;
}): Promise<void> {
  const { everyMs, alignedMs, signal } = options;
  const origin = alignedMs ?? Date.now();
  // Several loops for each of many nodes share one signal: one listener each, which is no leak.
  setMaxListeners(0, signal);
  if (alignedMs !== undefined) await sleep(untilTurn(origin, everyMs), signal);
  while (!signal.aborted) {
    await options.work().catch(options.onError);
    await sleep(untilTurn(origin, everyMs), signal);
  }
}

const untilTurn = (origin: number, everyMs: number): number => everyMs - ((Date.now() - origin) % everyMs);

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
