import type { Log } from "@/lib/log/log";

export interface Gatherer<T> {
  add: (items: Iterable<T>) => void;
  /** Settles when the work under way has ended; what still waits is dropped. */
  close: () => Promise<void>;
}

// Long enough to take a burst of notifications as one, far below what a person notices.
const GATHER_MS = 20;

/**
 * Gathers what comes in bursts and works on it together, one batch at a time.
 * States: idle → gathering (20 ms) → working → gathering again if more came; closed is final.
 * At most `most` different items wait; more are dropped and said, as the clock catches up on what a notification lost.
 */
export function gather<T>(options: {
  what: string;
  most: number;
  work: (items: readonly T[]) => Promise<void>;
  log: Log;
}): Gatherer<T> {
  const waiting = new Set<T>();
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> | null = null;
  let closed = false;

  const plan = (): void => {
    if (closed || timer || working || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      const items = [...waiting];
      waiting.clear();
      working = options
        .work(items)
        .catch((error: unknown) => options.log.error({ err: error }, `${options.what} failed; the clock tries again`))
        .finally(() => {
          working = null;
          plan();
        });
    }, GATHER_MS);
  };

  return {
    add: (items) => {
      let dropped = 0;
      for (const item of items) {
        if (waiting.size < options.most) waiting.add(item);
        else dropped += 1;
      }
      if (dropped > 0) options.log.warn({ dropped }, `${options.what}: too many at once; the clock catches up`);
      plan();
    },
    close: async () => {
      closed = true;
      if (timer) clearTimeout(timer);
      await working;
    },
  };
}
