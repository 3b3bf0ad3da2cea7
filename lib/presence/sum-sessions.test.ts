import fc from "fast-check";
import { expect, it } from "vitest";
import type { SessionRow } from "./read-sessions";
import { sumSessions } from "./sum-sessions";

const row = (startedMs: number, endedMs: number, ending: SessionRow["ending"] = "queued"): SessionRow => ({
  node: "sub-1",
  startedMs,
  endedMs,
  ending,
  peerAddress: null,
  reason: null,
  endedBy: null,
});
const span = { before: null, fromMs: 0, toMs: 100, count: 4 };

it("shares a session among the columns it lies in, and counts it where it began", () => {
  expect(sumSessions([row(10, 60)], span)).toEqual([
    { online: 0.6, queued: 0, connects: 1 },
    { online: 1, queued: 0, connects: 0 },
    { online: 0.4, queued: 0, connects: 0 },
    { online: 0, queued: 0, connects: 0 },
  ]);
});

it("tells the time between two sessions as queued only where the first was kept", () => {
  const columns = sumSessions([row(0, 25), row(50, 60, "gone"), row(75, 100)], span);
  expect(columns.map(({ queued }) => queued)).toEqual([0, 1, 0, 0]);
});

it("begins with what was before the first column", () => {
  const columns = sumSessions([row(50, 100)], { ...span, before: row(-50, -10) });
  expect(columns.map(({ queued }) => queued)).toEqual([1, 1, 0, 0]);
});

it("never counts time twice, and loses none inside the span", () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 40 })), { maxLength: 30 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 50 }), (lengths, count) => {
      let at = -100;
      const sessions = lengths.map(([gap, length]) => {
        const start = at + gap;
        at = start + length;
        return row(start, at);
      });
      const columns = sumSessions(sessions, { before: null, fromMs: 0, toMs: 500, count });
      const online = columns.reduce((sum, column) => sum + column.online, 0) * (500 / count);
      const truth = sessions.reduce(
        (sum, { startedMs, endedMs }) => sum + Math.max(0, Math.min(500, endedMs) - Math.max(0, startedMs)),
        0,
      );
      expect(Math.abs(online - truth)).toBeLessThan(1);
      expect(columns.every(({ online: on, queued }) => on + queued <= 1.002)).toBe(true);
    }),
  );
});
