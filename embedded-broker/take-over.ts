import type { Random } from "./random";

/** What is told when a CONNECT takes a session over: the old one's ending, the new one's wakeup and register. */
export type TakeOverStep = "ending" | "wakeup" | "register";

export interface TakeOverPlan {
  steps: readonly [TakeOverStep, TakeOverStep, TakeOverStep];
  /** Does the CONNECT wait for the answer to the ending? Not where a clean session begins on another node. */
  waitsForEnding: boolean;
  /** Between the ending and what follows. */
  pauseMs: number;
}

const PLAIN = ["ending", "wakeup", "register"] as const;

// Orders as counted over 60 take-overs of each kind (test/fixtures/vernemq/takeover-order-stats.txt, MQTT 3.1.1).
const CLEAN_CROSS = [
  { times: 38, steps: ["wakeup", "ending", "register"] },
  { times: 3, steps: PLAIN },
  { times: 19, steps: ["wakeup", "register", "ending"] },
] as const;
const PERSISTENT_SAME = [
  { times: 42, steps: ["ending", "register", "wakeup"] },
  { times: 17, steps: PLAIN },
  { times: 1, steps: ["register", "ending", "wakeup"] },
] as const;

/** Recorded: a persistent session that changes its node takes 110 ms longer, as its queue moves; so does a clean one that is replaced. */
export const QUEUE_PAUSE_MS = 100;

/** Draws one of the orders VerneMQ was seen to use, with its odds. */
export function planTakeOver(kind: { clean: boolean; sameNode: boolean }, random: Random): TakeOverPlan {
  if (kind.clean)
    return kind.sameNode
      ? { steps: PLAIN, waitsForEnding: true, pauseMs: QUEUE_PAUSE_MS }
      : { steps: draw(CLEAN_CROSS, random), waitsForEnding: false, pauseMs: 0 };
  return kind.sameNode
    ? { steps: draw(PERSISTENT_SAME, random), waitsForEnding: true, pauseMs: 0 }
    : { steps: PLAIN, waitsForEnding: true, pauseMs: QUEUE_PAUSE_MS };
}

function draw(
  orders: readonly { times: number; steps: TakeOverPlan["steps"] }[],
  random: Random,
): TakeOverPlan["steps"] {
  let left = random.next() * orders.reduce((sum, { times }) => sum + times, 0);
  for (const { times, steps } of orders) {
    left -= times;
    if (left < 0) return steps;
  }
  return PLAIN;
}
