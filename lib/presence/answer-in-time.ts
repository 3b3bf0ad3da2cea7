/** Those who wait for one commit, each for at most the same time. */
export interface Answers {
  /** Resolves at `answerAll`, or after the limit. */
  wait: () => Promise<void>;
  answerAll: () => void;
}

/**
 * One timer for all that wait, since a timer a hook costs as much as the hook's own work. They wait equally long, so they are
 * due in the order they came: the timer is set for the first who still waits.
 */
export function createAnswers(options: { withinMs: number; nowMs: () => number; onLate: () => void }): Answers {
  const { withinMs, nowMs, onLate } = options;
  let waiting: { dueMs: number; answer: () => void }[] = [];
  let first = 0;
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;

  const answerLate = (): void => {
    timer = null;
    const now = nowMs();
    for (let next = waiting[first]; next && next.dueMs <= now; next = waiting[first]) {
      first += 1;
      onLate();
      next.answer();
    }
    // What was answered is let go of; moving the rest each time would cost more than it holds.
    if (first > 1_000) {
      waiting = waiting.slice(first);
      first = 0;
    }
    const next = waiting[first];
    if (next) timer = setTimeout(answerLate, Math.max(1, next.dueMs - now));
  };

  return {
    wait: () =>
      new Promise((resolve) => {
        if (isOver) return resolve();
        waiting.push({ dueMs: nowMs() + withinMs, answer: resolve });
        timer ??= setTimeout(answerLate, withinMs);
      }),
    answerAll: () => {
      isOver = true;
      if (timer) clearTimeout(timer);
      for (; first < waiting.length; first += 1) waiting[first]?.answer();
      waiting = [];
    },
  };
}
