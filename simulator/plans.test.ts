import { expect, test } from "vitest";
import type { PlannedAct } from "./act";
import { planOf } from "./fleet";
import { PRACTICE_ONLINE_SHARE, STORM } from "./plans";
import { PROFILE_NAMES, type ProfileName } from "./profiles";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RAMP_MS = 10_000;

/** What happens to phone `index` until a time. */
function actsOf(profile: ProfileName, index: number, options: { seed?: number; untilMs?: number } = {}): PlannedAct[] {
  const { seed = 7, untilMs = DAY_MS } = options;
  const acts: PlannedAct[] = [];
  const plan = planOf({ profile, index, seed, phones: 1_000, connectsPerSecond: 100, speed: 1, startHour: 6 });
  for (const planned of plan) {
    if (planned.atMs >= untilMs) break;
    acts.push(planned);
  }
  return acts;
}

/** Whether the phone has a network and an open app at each of the times, which must rise. */
function onlineAt(acts: readonly PlannedAct[], timesMs: readonly number[]): boolean[] {
  let next = 0;
  let isOpen = false;
  let hasNetwork = true;
  return timesMs.map((atMs) => {
    for (; next < acts.length && (acts[next]?.atMs ?? Infinity) <= atMs; next += 1) {
      const kind = acts[next]?.act.kind;
      if (kind === "open") [isOpen, hasNetwork] = [true, true];
      if (kind === "close" || kind === "kill") isOpen = false;
      if (kind === "lose-network") hasNetwork = false;
      if (kind === "find-network") hasNetwork = true;
    }
    return isOpen && hasNetwork;
  });
}

const shareOf = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;
const times = (count: number, fromMs: number, toMs: number): number[] =>
  Array.from({ length: count }, (_, step) => fromMs + ((toMs - fromMs) * step) / count);

test.each(PROFILE_NAMES)("the same seed gives the same day, in order of time, with %s", (profile) => {
  for (const index of [0, 1, 17]) {
    const acts = actsOf(profile, index);
    expect(actsOf(profile, index)).toEqual(acts);
    expect(acts.map(({ atMs }) => atMs)).toEqual(acts.map(({ atMs }) => atMs).toSorted((one, other) => one - other));
    expect(acts[0]?.act.kind).toBe("open");
  }
  const first = Array.from({ length: 20 }, (_, index) => actsOf(profile, index, { untilMs: HOUR_MS }));
  expect(Array.from({ length: 20 }, (_, index) => actsOf(profile, index, { seed: 8, untilMs: HOUR_MS }))).not.toEqual(
    first,
  );
});

test.each(PROFILE_NAMES.filter((name) => name !== "day" && name !== "practice"))(
  "every phone connects within the ramp with %s",
  (profile) => {
    for (let index = 0; index < 100; index += 1)
      expect(actsOf(profile, index, { untilMs: RAMP_MS })[0]?.act.kind).toBe("open");
  },
);

test("a reconnect storm drops all phones at one moment and has them all back within the minute", () => {
  const storms = Array.from({ length: 500 }, (_, index) => actsOf("reconnect-storm", index, { untilMs: HOUR_MS }));
  const dropMs = RAMP_MS + STORM.afterRampMs;
  for (const [, drop, back] of storms) {
    expect(drop).toEqual({ atMs: dropMs, act: { kind: "kill" } });
    expect(back?.act.kind).toBe("open");
    expect(back?.atMs).toBeGreaterThanOrEqual(dropMs);
    expect(back?.atMs).toBeLessThan(dropMs + 60_000);
  }
  const backs = storms.map(([, , back]) => back?.atMs ?? 0);
  expect(Math.max(...backs) - Math.min(...backs)).toBeGreaterThan(50_000);
});

test("a lost network says nothing, and stays away longer than 2.25 times the longest keep-alive", () => {
  for (let index = 0; index < 100; index += 1) {
    const acts = actsOf("lost-network", index, { untilMs: HOUR_MS });
    for (const [position, { atMs, act }] of acts.entries()) {
      expect(["open", "lose-network", "find-network"]).toContain(act.kind);
      const next = acts[position + 1];
      if (act.kind === "lose-network" && next) expect(next.atMs - atMs).toBeGreaterThan(2.25 * 60_000);
    }
  }
});

test("flapping connections hold for seconds", () => {
  const acts = actsOf("flapping", 3, { untilMs: HOUR_MS });
  expect(acts.length).toBeGreaterThan(150);
});

test("sleepy phones are awake for minutes and away for hours", () => {
  const wakings = actsOf("sleepy", 5).filter(({ act }) => act.kind === "open");
  expect(wakings.length).toBeGreaterThan(2);
  for (const [position, { atMs }] of wakings.entries())
    expect((wakings[position + 1]?.atMs ?? Infinity) - atMs).toBeGreaterThan(HOUR_MS);
  const awake = Array.from({ length: 50 }, (_, index) =>
    shareOf(onlineAt(actsOf("sleepy", index), times(500, 0, DAY_MS))),
  );
  expect(awake.reduce((sum, share) => sum + share, 0) / 50).toBeLessThan(0.1);
});

test("a mobile day is busy in the morning and quiet at night, with every kind of trouble in it", () => {
  const days = Array.from({ length: 400 }, (_, index) => actsOf("day", index));
  // The day begins at 6 in Jakarta: 9 is three hours in, 3 at night twenty-one.
  const shareIn = (hour: number): number =>
    shareOf(days.flatMap((acts) => onlineAt(acts, times(10, (hour - 6) * HOUR_MS, (hour - 5) * HOUR_MS))));
  expect(shareIn(9)).toBeGreaterThan(0.3);
  expect(shareIn(27)).toBeLessThan(0.2);
  const kinds = new Set(days.flat().map(({ act }) => act.kind));
  expect([...kinds].toSorted()).toEqual(
    ["close", "cut", "find-network", "hand-over", "kill", "lose-network", "open"].toSorted(),
  );
  const handOvers = (hour: number): number =>
    days.flat().filter(({ atMs, act }) => act.kind === "hand-over" && Math.floor(atMs / HOUR_MS) === hour - 6).length;
  expect(handOvers(7) + handOvers(8)).toBeGreaterThan(1.2 * (handOvers(10) + handOvers(11)));
});

test("the practice fleet is online about 85 % of the time", () => {
  const flags = Array.from({ length: 100 }, (_, index) =>
    onlineAt(actsOf("practice", index), times(500, HOUR_MS, DAY_MS)),
  );
  expect(PRACTICE_ONLINE_SHARE).toBeCloseTo(0.85, 2);
  expect(shareOf(flags.flat())).toBeCloseTo(PRACTICE_ONLINE_SHARE, 1);
});
