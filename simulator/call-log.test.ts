import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callsBetween } from "./app-traffic";
import { type Call, openCallLog } from "./call-log";
import { personOf } from "./people";

const NOON = Date.parse("2026-11-20T05:00:00.000Z");
const DAY_MS = 24 * 3_600_000;
const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, maxBytes: 10_000_000, onlyFailed: false };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "call-log-"));
});
afterEach(() => rm(folder, { recursive: true }));

function logOf(index: number, clock: { nowMs: number }, maxBytes = 1_048_576) {
  const person = personOf(1, index);
  return openCallLog({
    folder,
    clientId: person.clientId,
    maxBytes,
    callsBetween: (fromMs, toMs) => callsBetween({ seed: 1, person, fromMs, toMs }),
    historyMs: DAY_MS,
    now: () => clock.nowMs,
  });
}

const linesOf = (ndjson: Buffer): Call[] =>
  ndjson
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

test("a day of one app is 400 to 2 500 calls in the contract's shape, oldest first, some of them failed", async () => {
  const calls = linesOf(await logOf(3, { nowMs: NOON }).read(everything));
  expect(calls.length).toBeGreaterThan(400);
  expect(calls.length).toBeLessThan(2_500);
  for (const call of calls) {
    expect(new Date(call.t).toISOString()).toBe(call.t);
    expect(new URL(call.url).hostname).toMatch(/\.example$/);
    expect(call.status === null).toBe(call.error !== undefined);
    expect(call).toMatchObject({
      method: expect.stringMatching(/^(GET|POST|PUT|DELETE)$/),
      ms: expect.any(Number),
      bytes: expect.any(Number),
      attempt: expect.any(Number),
      app: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
  }
  expect(calls.map((call) => call.t)).toEqual(calls.map((call) => call.t).toSorted());
  const failed = calls.filter((call) => call.status === null || call.status >= 400);
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length / calls.length).toBeLessThan(0.3);
});

test("the same seed and time tell the same calls, and a window is a part of a longer one", () => {
  const person = personOf(1, 4);
  const day = callsBetween({ seed: 1, person, fromMs: NOON - DAY_MS, toMs: NOON });
  const hour = callsBetween({ seed: 1, person, fromMs: NOON - 3_600_000, toMs: NOON });
  expect(hour).toEqual(day.filter((call) => Date.parse(call.t) > NOON - 3_600_000));
});

test("nothing is written until the log is asked for; a later read adds what came since, once", async () => {
  const clock = { nowMs: NOON };
  const log = logOf(5, clock);
  expect(await readdir(folder)).toEqual([]);
  const [first, again] = await Promise.all([log.read(everything), log.read(everything)]);
  expect(again).toEqual(first);
  clock.nowMs += 3 * 3_600_000;
  const later = (await logOf(5, clock).read(everything)).toString();
  expect(later.startsWith(first.toString())).toBe(true);
  const times = linesOf(Buffer.from(later)).map((call) => `${call.t} ${call.url} ${call.attempt}`);
  expect(new Set(times).size).toBe(times.length);
});

test("the ring stays within its bytes and keeps the newest calls", async () => {
  const clock = { nowMs: NOON };
  const log = logOf(6, clock, 60_000);
  const kept = linesOf(await log.read(everything));
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (file) => (await stat(path.join(folder, file))).size),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
  const all = callsBetween({ seed: 1, person: personOf(1, 6), fromMs: NOON - DAY_MS, toMs: NOON });
  expect(kept).toEqual(all.slice(-kept.length));
  expect((await log.list()).length).toBe(2);
});

test("a part of the log keeps to its times, its bytes and to failed calls when asked", async () => {
  const log = logOf(7, { nowMs: NOON });
  const fromMs = NOON - 6 * 3_600_000;
  const part = linesOf(await log.read({ ...everything, fromMs, toMs: NOON - 3_600_000 }));
  expect(part.every((call) => Date.parse(call.t) >= fromMs && Date.parse(call.t) <= NOON - 3_600_000)).toBe(true);
  const small = await log.read({ ...everything, maxBytes: 2_000 });
  expect(small.length).toBeLessThanOrEqual(2_000);
  expect(linesOf(small).at(-1)).toEqual(linesOf(await log.read(everything)).at(-1));
  const failed = linesOf(await log.read({ ...everything, onlyFailed: true }));
  expect(failed.every((call) => call.status === null || call.status >= 400)).toBe(true);
});
