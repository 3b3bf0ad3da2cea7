import type { PlannedAct } from "./act";
import { DAY_CURVE } from "./app-journeys";
import { between, exponential, pickByShare, type Random } from "./random";

export interface PlanInput {
  /** The phone's own: the same numbers give the same day. */
  random: Random;
  /** First connects are spread over this. */
  rampMs: number;
  /** Hour of Jakarta (0 to 24) at the day's beginning. */
  startHour: number;
}

/** What will happen to one phone, in order of time; most plans never end. A function of its input alone. */
export type Plan = (input: PlanInput) => Generator<PlannedAct, void>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The hour in Jakarta (UTC+7), with its fraction. */
export const hourOfJakarta = (atMs: number): number => (atMs / HOUR_MS + 7) % 24;

/** Connects, and nothing more happens. */
export function* stillPlan({ random, rampMs }: PlanInput): Generator<PlannedAct, void> {
  yield { atMs: between(random, 0, rampMs), act: { kind: "open" } };
}

// Chosen together: of the steps, 40 % lead away, so the share of time online is
// STEP_EVERY / (STEP_EVERY + 0.4 × AWAY) = 8 / (8 + 0.4 × 3.5) ≈ 85 %.
const STEP_EVERY_MS = 8 * MINUTE_MS;
const AWAY_MS = 3.5 * MINUTE_MS;
/** Share of the practice fleet online at any time, once it is up. */
export const PRACTICE_ONLINE_SHARE = STEP_EVERY_MS / (STEP_EVERY_MS + 0.4 * AWAY_MS);

/** A quick day, so that a small fleet always has something to show. */
export function* practicePlan({ random, rampMs }: PlanInput): Generator<PlannedAct, void> {
  const isAwayAtFirst = random() >= PRACTICE_ONLINE_SHARE;
  let atMs = isAwayAtFirst ? exponential(random, AWAY_MS) : between(random, 0, rampMs);
  yield { atMs, act: { kind: "open" } };
  for (;;) {
    atMs += exponential(random, STEP_EVERY_MS);
    const step = pickByShare(random, [
      ["cut", 35],
      ["hand-over", 25],
      ["close", 22],
      ["kill", 12],
      ["lose-network", 6],
    ] as const);
    yield { atMs, act: { kind: step } };
    if (step === "cut" || step === "hand-over") continue;
    atMs += exponential(random, AWAY_MS);
    yield { atMs, act: { kind: "open" } };
  }
}

// Guesses after what apps of this kind report: two dozen uses a day, some minutes in the hand and a while in the background.
const USES_PER_DAY = 24;
const USE_MS = 25 * MINUTE_MS;
const TROUBLE_EVERY_MS = 12 * MINUTE_MS;
const BUSIEST_HOUR = Math.max(...DAY_CURVE);
const COMMUTE_HOURS = new Set([7, 8, 17, 18]);

/**
 * A mobile day: uses come by the hours of DAY_CURVE; in a use Wi-Fi and cellular are handed over (most on the way to work and back), and
 * there are short dead spots; it ends by the system ending the process, by a goodbye, or by the phone falling asleep.
 */
export function* dayPlan({ random, rampMs, startHour }: PlanInput): Generator<PlannedAct, void> {
  const hourAt = (atMs: number): number => Math.floor(startHour + atMs / HOUR_MS) % 24;
  const usesPerMs = (hour: number): number => (USES_PER_DAY * (DAY_CURVE[hour] ?? 0)) / HOUR_MS;
  const nextUse = (fromMs: number): number => {
    // Thinning of a process at the busiest hour's rate (Lewis and Shedler, 1979).
    let atMs = fromMs;
    do atMs += exponential(random, 1 / usesPerMs(DAY_CURVE.indexOf(BUSIEST_HOUR)));
    while (random() >= (DAY_CURVE[hourAt(atMs)] ?? 0) / BUSIEST_HOUR);
    return atMs;
  };
  const isInUse = random() < USE_MS / (USE_MS + 1 / usesPerMs(hourAt(0)));
  let atMs = isInUse ? between(random, 0, rampMs) : nextUse(rampMs);
  for (;;) {
    yield { atMs, act: { kind: "open" } };
    const endMs = atMs + exponential(random, USE_MS);
    yield* troublesOfUse({ random, fromMs: atMs, endMs, hourAt });
    yield* endOfUse(random, endMs);
    atMs = nextUse(endMs);
  }
}

function* troublesOfUse(use: {
  random: Random;
  fromMs: number;
  endMs: number;
  hourAt: (atMs: number) => number;
}): Generator<PlannedAct, void> {
  const { random, endMs, hourAt } = use;
  let atMs = use.fromMs;
  for (;;) {
    atMs += exponential(random, TROUBLE_EVERY_MS);
    if (atMs >= endMs) return;
    const kind = pickByShare(random, [
      ["hand-over", COMMUTE_HOURS.has(hourAt(atMs)) ? 80 : 40],
      ["cut", 35],
      ["lose-network", 25],
    ] as const);
    yield { atMs, act: { kind } };
    if (kind !== "lose-network") continue;
    atMs = Math.min(endMs, atMs + between(random, 5_000, 90_000));
    yield { atMs, act: { kind: "find-network" } };
  }
}

function* endOfUse(random: Random, atMs: number): Generator<PlannedAct, void> {
  const kind = pickByShare(random, [
    ["kill", 45],
    ["close", 35],
    ["sleep", 20],
  ] as const);
  if (kind === "sleep") yield* fallAsleep(atMs);
  else yield { atMs, act: { kind } };
}

/** The radio goes off and the app is not run any more: nobody says anything, and nobody on the phone notices. */
function* fallAsleep(atMs: number): Generator<PlannedAct, void> {
  yield { atMs, act: { kind: "lose-network" } };
  yield { atMs, act: { kind: "kill" } };
}

/** Connections that hold for seconds. */
export function* flappingPlan(input: PlanInput): Generator<PlannedAct, void> {
  const { random } = input;
  for (const first of stillPlan(input)) {
    let { atMs } = first;
    yield first;
    for (;;) {
      atMs += 2_000 + exponential(random, 10_000);
      yield { atMs, act: { kind: random() < 0.2 ? "hand-over" : "cut" } };
    }
  }
}

/** When a storm's first drop is, after everybody had time to connect; and the next ones. */
export const STORM = { afterRampMs: MINUTE_MS, everyMs: 10 * MINUTE_MS, backWithinMs: MINUTE_MS } as const;

/** All phones are dropped at the same moment and are all back within the minute. */
export function* stormPlan({ random, rampMs }: PlanInput): Generator<PlannedAct, void> {
  yield { atMs: between(random, 0, rampMs), act: { kind: "open" } };
  for (let dropMs = rampMs + STORM.afterRampMs; ; dropMs += STORM.everyMs) {
    yield { atMs: dropMs, act: { kind: "kill" } };
    yield { atMs: dropMs + between(random, 0, STORM.backWithinMs), act: { kind: "open" } };
  }
}

/** Sockets die without a word, and the network stays away longer than any keep-alive. */
export function* lostNetworkPlan({ random, rampMs }: PlanInput): Generator<PlannedAct, void> {
  let atMs = between(random, 0, rampMs);
  yield { atMs, act: { kind: "open" } };
  for (;;) {
    atMs += between(random, 1, 4) * MINUTE_MS;
    yield { atMs, act: { kind: "lose-network" } };
    atMs += between(random, 3, 8) * MINUTE_MS;
    yield { atMs, act: { kind: "find-network" } };
  }
}

/** Awake for minutes, away for hours. */
export function* sleepyPlan({ random, rampMs }: PlanInput): Generator<PlannedAct, void> {
  let atMs = between(random, 0, rampMs);
  for (;;) {
    yield { atMs, act: { kind: "open" } };
    atMs += between(random, 1, 5) * MINUTE_MS;
    if (random() < 0.7) yield* fallAsleep(atMs);
    else yield { atMs, act: { kind: "close" } };
    atMs += between(random, 1, 8) * HOUR_MS;
  }
}

/** Mostly online; a tunnel now and then falls into an upload. */
export function* mostlyOnlinePlan({ random, rampMs }: PlanInput): Generator<PlannedAct, void> {
  let atMs = between(random, 0, rampMs);
  yield { atMs, act: { kind: "open" } };
  for (;;) {
    atMs += exponential(random, 10 * MINUTE_MS);
    yield { atMs, act: { kind: "cut" } };
  }
}
