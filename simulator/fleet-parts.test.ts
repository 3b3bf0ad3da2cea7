import { expect, test } from "vitest";
import { readFileLimit, splitFleet } from "./fleet-parts";

test("a fleet fits one process while its open files allow it, else several", () => {
  expect(splitFleet({ phones: 5_000, fileLimit: 20_000 })).toEqual([{ from: 0, to: 5_000 }]);
  expect(splitFleet({ phones: 15_000, fileLimit: 20_000 })).toEqual([
    { from: 0, to: 7_500 },
    { from: 7_500, to: 15_000 },
  ]);
  expect(splitFleet({ phones: 100_000, fileLimit: Infinity })).toEqual([{ from: 0, to: 100_000 }]);
});

test("parts cover every phone once and keep neighbours together", () => {
  const parts = splitFleet({ phones: 4_001, fileLimit: 1_524 });
  expect(parts[0]?.from).toBe(0);
  expect(parts.at(-1)?.to).toBe(4_001);
  for (const [index, { from }] of parts.entries()) {
    expect(from % 2).toBe(0);
    if (index > 0) expect(from).toBe(parts[index - 1]?.to);
  }
});

test("a fleet that would need too many processes is refused with the limit to raise", () => {
  expect(() => splitFleet({ phones: 15_000, fileLimit: 1_024 })).toThrow(/ulimit -n 3313 is enough/);
  expect(() => splitFleet({ phones: 1, fileLimit: 100 })).toThrow(/a process may have 100/);
});

test("the system's own limit is a number above what the process needs", async () => {
  expect(await readFileLimit()).toBeGreaterThan(100);
});
