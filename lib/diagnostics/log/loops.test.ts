import fc from "fast-check";
import { expect, test } from "vitest";
import { findLoops, type LoopCall } from "./loops";

const ORDERS = "GET /v1/orders";
const REFRESH = "POST /v1/auth/refresh";

/** A failed call of line `n`, which is made in second `n`. */
const call = (n: number, over: Partial<LoopCall> = {}): LoopCall => ({
  n,
  atMs: n * 1_000,
  endpoint: ORDERS,
  status: 503,
  isRefresh: over.endpoint === REFRESH,
  ...over,
});
const refused = (n: number, endpoint = ORDERS): LoopCall => call(n, { endpoint, status: 401 });
const refresh = (n: number, status: number | null): LoopCall => call(n, { endpoint: REFRESH, status });

test("one endpoint that fails four times within a minute of each other is a loop, three times is patience", async () => {
  expect(await findLoops([[call(5), call(6), call(7)]])).toEqual([]);
  expect(await findLoops([[call(5), call(6, { status: null }), call(7), call(8)]])).toEqual([
    {
      told: {
        n: 5,
        fromMs: 5_000,
        toMs: 8_000,
        lines: 4,
        calls: 4,
        endpoint: ORDERS,
        endpoints: 1,
        statuses: [503, null],
        refreshes: null,
      },
      stretches: [{ first: 5, last: 8 }],
    },
  ]);
});

test("tries more than a minute apart are two runs, and neither is a loop", async () => {
  const late = [call(1), call(2), call(70), call(71)];
  expect(await findLoops([late])).toEqual([]);
});

test("401 and the refreshes between are one loop, which says what the last refresh was answered", async () => {
  const loops = await findLoops([
    [refused(1), refused(2), refresh(3, 200), refused(4), refused(5), refresh(6, 400), refused(7)],
  ]);
  expect(loops).toMatchObject([
    { told: { lines: 7, calls: 5, endpoint: ORDERS, statuses: [401], refreshes: { count: 2, status: 400 } } },
  ]);
});

test("401 that came back after each refresh is a loop though nothing failed four times", async () => {
  expect(await findLoops([[refused(1), refresh(2, 200), refused(3), refresh(4, 200)]])).toMatchObject([
    { told: { lines: 4, calls: 2, refreshes: { count: 2, status: 200 } } },
  ]);
});

test("a token that ran out under several calls at once and was refreshed is none", async () => {
  expect(
    await findLoops([[refused(1), refused(2, "GET /v1/me"), refused(3, "GET /v1/chats"), refresh(4, 200)]]),
  ).toEqual([]);
});

test("refreshes that fail again and again are a loop of themselves", async () => {
  expect(await findLoops([[1, 2, 3, 4].map((n) => refresh(n, null))])).toMatchObject([
    { told: { calls: 4, endpoint: REFRESH, statuses: [null], refreshes: null } },
  ]);
});

test("a loop goes on beside others and over pages; its lines are where they are", async () => {
  const me = (n: number): LoopCall => call(n, { endpoint: "GET /v1/me" });
  const loops = await findLoops([
    [call(1), me(2), call(3), me(4)],
    [call(5), me(6), call(8), me(9)],
  ]);
  expect(loops.map(({ told, stretches }) => [told.endpoint, stretches.map(({ first }) => first)])).toEqual([
    [ORDERS, [1, 3, 5, 8]],
    ["GET /v1/me", [2, 4, 6, 9]],
  ]);
});

test("calls refused at several endpoints are told as so many", async () => {
  const [loop] = await findLoops([[1, 2, 3, 4, 5, 6, 7, 8].map((n) => refused(n, n % 2 ? ORDERS : "GET /v1/me"))]);
  expect(loop).toMatchObject({ told: { calls: 8, endpoint: null, endpoints: 2 } });
});

test("each line is in at most one loop, once, and each loop tells as many lines as it has", async () => {
  const calls = fc.array(
    fc.record({
      skipped: fc.nat(2),
      later: fc.nat(90),
      endpoint: fc.constantFrom(ORDERS, "GET /v1/me", REFRESH),
      status: fc.constantFrom(401, 503, null),
    }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(calls, async (made) => {
      let [n, second] = [0, 0];
      const log = made.map(({ skipped, later, ...over }) => {
        n += 1 + skipped;
        second += later;
        return call(n, { ...over, atMs: second * 1_000 });
      });
      const loops = await findLoops([log]);
      const lines = loops.flatMap(({ stretches }) =>
        stretches.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
      );
      expect(new Set(lines).size).toBe(lines.length);
      expect(lines.length).toBe(loops.reduce((sum, loop) => sum + loop.told.lines, 0));
      expect(log.map((one) => one.n)).toEqual(expect.arrayContaining(lines));
      expect(loops.map((loop) => loop.told.n)).toEqual(loops.map((loop) => loop.stretches[0]?.first));
    }),
  );
});
