import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PresenceCase } from "./case";
import { CASE_LIMIT_MS, describeVerdict, runCase } from "./run-case";
import { startWorld, WORLD_TIMING, type World } from "./world";

const START_LIMIT_MS = 60_000;

/**
 * Tests of a world of their own for these cases, but the long ones: those that disturb nobody side by side, by the rhythm of sweeps they need, then
 * the others one after the other. `seedFrom`: each case has people of its own.
 */
export function playCases(all: readonly PresenceCase[], seedFrom: number): void {
  const cases = all.filter(({ isLong = false }) => !isLong);
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  }, START_LIMIT_MS);
  afterAll(() => world.close(), START_LIMIT_MS);

  const rhythmOf = (one: PresenceCase): number => one.sweepEverySeconds ?? WORLD_TIMING.sweepEverySeconds;
  const play = async (one: PresenceCase): Promise<void> => {
    const verdict = await runCase(world, one, seedFrom + cases.indexOf(one));
    expect(verdict.problems, describeVerdict(verdict)).toEqual([]);
  };
  for (const seconds of new Set(cases.map(rhythmOf))) {
    const those = cases.filter((one) => rhythmOf(one) === seconds);
    describe(`sweeps every ${seconds} s`, () => {
      beforeAll(() => world.sweepEvery(seconds), START_LIMIT_MS);
      // Vitest plays neighbours that are concurrent at once, and each of the others by itself.
      for (const one of those.filter(({ isAlone }) => !isAlone))
        test.concurrent(`${one.name}: ${one.about}`, () => play(one), CASE_LIMIT_MS);
      for (const one of those.filter(({ isAlone }) => isAlone))
        test(`${one.name}: ${one.about}`, () => play(one), CASE_LIMIT_MS);
    });
  }
}
