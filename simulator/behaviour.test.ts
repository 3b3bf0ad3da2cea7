import { expect, test } from "vitest";
import { nextStep, ONLINE_SHARE } from "./behaviour";
import { seededRandom } from "./random";

test("a phone's day leaves it online about 85 % of the time", () => {
  const random = seededRandom(1, "day");
  let onlineMs = 0;
  let awayMs = 0;
  for (let steps = 0; steps < 20_000; steps += 1) {
    const { afterMs, step } = nextStep(random);
    onlineMs += afterMs;
    if ("awayMs" in step) awayMs += step.awayMs;
  }
  expect(ONLINE_SHARE).toBeCloseTo(0.85, 2);
  expect(onlineMs / (onlineMs + awayMs)).toBeCloseTo(ONLINE_SHARE, 2);
});
