import { expect, test } from "vitest";
import { backOffMs } from "./back-off";
import { seededRandom } from "./random";

const waits = (attempt: number) => {
  const random = seededRandom("back-off", attempt);
  return Array.from({ length: 2_000 }, () => backOffMs({ attempt, baseMs: 1_000, ceilingMs: 60_000, random }));
};

test.each([
  [1, 1_000],
  [2, 2_000],
  [5, 16_000],
  [7, 60_000],
  [5_000, 60_000],
])("try %i waits anywhere from nothing to %i ms", (attempt, mostMs) => {
  const seen = waits(attempt);
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...seen)).toBeLessThan(mostMs);
  const mean = seen.reduce((sum, ms) => sum + ms, 0) / seen.length;
  expect(mean / mostMs).toBeGreaterThan(0.45);
  expect(mean / mostMs).toBeLessThan(0.55);
});
