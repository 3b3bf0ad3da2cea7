import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calmState, FLAPPING_MS, isFlapping, nextFiring, type FiringState } from "./state-machine";

const RULE = { comparison: "atLeast", threshold: 10, clearThreshold: 5, forSeconds: 20, clearForSeconds: 10 } as const;
const TICK_MS = 5_000;

/** Feeds a value every five seconds; undefined skips the turn, as when nobody evaluates. */
function feed(values: readonly (number | null | undefined)[], state: FiringState = calmState(0)) {
  const changes: { at: number; changed: string }[] = [];
  values.forEach((value, turn) => {
    if (value === undefined) return;
    const at = turn * TICK_MS;
    const step = nextFiring(state, RULE, { at, value, mostGapMs: 3 * TICK_MS });
    state = step.state;
    if (step.changed) changes.push({ at, changed: step.changed });
  });
  return { state, changes };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("a rule on a label", () => {
  test("opens only after it was so for the whole duration, and clears only after it was calm for the whole of its own", () => {
    expect(feed([12, 12, 12, 12]).changes).toEqual([]);
    expect(feed([12, 12, 12, 12, 12]).changes).toEqual([{ at: 20_000, changed: "opened" }]);
    expect(feed([...times(5, 12), 4, 4, 4]).changes.at(-1)).toEqual({ at: 35_000, changed: "cleared" });
  });

  test("a value between the clear threshold and the threshold neither opens nor clears", () => {
    expect(feed(times(20, 7)).changes).toEqual([]);
    const { state, changes } = feed([...times(5, 12), ...times(20, 7)]);
    expect([state.status, changes.length]).toEqual(["open", 1]);
  });

  test("one good value in between begins the duration anew", () => {
    expect(feed([12, 12, 12, 4, 12, 12, 12, 12]).changes).toEqual([]);
  });

  test("a gap neither opens nor resolves, and says since when nothing is known", () => {
    expect(feed([12, 12, null, null, null, null, null, null]).state).toMatchObject({
      status: "pending",
      noDataSince: 10_000,
    });
    expect(feed([...times(5, 12), ...times(50, null)]).state).toMatchObject({ status: "open", noDataSince: 25_000 });
    expect(feed([...times(5, 12), null, 12]).state.noDataSince).toBeNull();
  });

  test("what was pending before a gap must last its duration again after it", () => {
    expect(feed([12, 12, 12, ...times(5, null), 12]).changes).toEqual([]);
    expect(feed([12, 12, 12, ...times(5, undefined), 12]).changes).toEqual([]);
    expect(feed([12, 12, 12, ...times(5, null), ...times(5, 12)]).changes).toEqual([{ at: 60_000, changed: "opened" }]);
  });

  test("calm before a gap does not count as calm through it", () => {
    expect(feed([...times(5, 12), 4, ...times(10, null), 4]).state.status).toBe("open");
  });

  test("flapping is damped: openings in half an hour are bounded, whatever the values do", () => {
    const turn = [...times(5, 12), ...times(3, 4)];
    const turns = Array.from({ length: 45 }, () => turn).flat();
    expect(turns.length * TICK_MS).toBeLessThanOrEqual(FLAPPING_MS);
    const { changes, state } = feed(turns);
    expect(changes.filter(({ changed }) => changed === "opened").length).toBeLessThanOrEqual(FLAPPING_DAMPED);
    expect(isFlapping(state)).toBe(true);
  });

  test("a rule that holds at most is mirrored", () => {
    const rule = { comparison: "atMost", threshold: 0, clearThreshold: 1, forSeconds: 0, clearForSeconds: 0 } as const;
    const opened = nextFiring(calmState(0), rule, { at: 1, value: 0, mostGapMs: 10 });
    expect(opened.changed).toBe("opened");
    expect(nextFiring(opened.state, rule, { at: 2, value: 1, mostGapMs: 10 }).changed).toBe("cleared");
  });

  test("openings and clearings alternate, and no unknown value makes either", () => {
    const value = fc.option(fc.integer({ min: 0, max: 20 }), { nil: null });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), (values) => {
        const { changes } = feed(values);
        changes.forEach(({ changed, at }, index) => {
          expect(changed).toBe(index % 2 === 0 ? "opened" : "cleared");
          expect(values[at / TICK_MS]).not.toBeNull();
        });
      }),
    );
  });
});

// Two at the plain pace, then one at twice, four times, eight times, and none after: 45 turns of 15 s calm never last 80 s.
const FLAPPING_DAMPED = 3;
