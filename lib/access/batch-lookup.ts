/** What a lookup gave; `value` undefined: the store has none. */
export type LookedUp<T> = { status: "answered"; value: T | undefined } | { status: "unanswered" };

// A connect waits this long for the store; then the verified token alone decides.
const ANSWER_WITHIN_MS = 250;
// After the store failed to answer nobody waits for it again for this long.
const AWAY_MS = 1_000;
const MOST_A_QUERY = 1_000;
// More than this waiting at once: the store is not keeping up, so the newest are not asked about.
const MOST_WAITING = 20_000;

/**
 * Lookups by key, gathered while one is under way into one query behind it.
 *
 * States: idle → asking (one query out; what is asked meanwhile waits for the next) → idle; away: for a second after a query failed or took
 * too long, everything is unanswered at once, so that a store that is down costs a connect nothing. Never rejects.
 */
export function createBatchLookup<T>(parts: {
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>;
  /** Monotonic. */
  nowMs: () => number;
}): (key: string) => Promise<LookedUp<T>> {
  const { nowMs } = parts;
  const waiting = new Map<string, ((found: LookedUp<T>) => void)[]>();
  let asking = false;
  let awayUntilMs = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<void> => {
    asking = true;
    while (waiting.size > 0) {
      const taken = [...waiting.entries()].slice(0, MOST_A_QUERY);
      for (const [key] of taken) waiting.delete(key);
      const found = nowMs() < awayUntilMs ? undefined : await answerWithin(parts.load(taken.map(([key]) => key)));
      if (!found) awayUntilMs = Math.max(awayUntilMs, nowMs() + AWAY_MS);
      for (const [key, tell] of taken)
        for (const one of tell) one(found ? { status: "answered", value: found.get(key) } : { status: "unanswered" });
    }
    asking = false;
  };

  return (key) =>
    new Promise((resolve) => {
      if (nowMs() < awayUntilMs || waiting.size >= MOST_WAITING) return resolve({ status: "unanswered" });
      const others = waiting.get(key);
      if (others) others.push(resolve);
      else waiting.set(key, [resolve]);
      if (!asking) void ask();
    });
}

/** The answer, or undefined when it fails or takes too long. */
async function answerWithin<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
