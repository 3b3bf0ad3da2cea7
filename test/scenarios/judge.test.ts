import { describe, expect, test } from "vitest";
import { collectTruth, type IntervalLine } from "@/simulator/truth";
import { createJudge, lengthMs } from "./judge";
import { judgeHistory, type StoredSession } from "./judge-history";
import type { Shown } from "./store";

const START_MS = Date.parse("2026-11-22T02:00:00.000Z");
const at = (seconds: number): number => START_MS + seconds * 1_000;
const iso = (seconds: number): string => new Date(at(seconds)).toISOString();

const interval = ({ from = iso(0), ...given }: Partial<IntervalLine>): IntervalLine => ({
  interval: 1,
  clientId: "and-1",
  attempted: from,
  from,
  to: null,
  node: "sub-1",
  ending: null,
  cleanSession: false,
  ...given,
});
const shown = (given: Partial<Shown>): Shown => ({ state: "online", node: "sub-1", doubted: false, ...given });

function judgeOf(...intervals: IntervalLine[]) {
  const { truth, take } = collectTruth();
  for (const line of intervals) take(line);
  const rules = { keepAliveSeconds: 4, sessionEndedAt: new Map<string, number>() };
  const judge = createJudge({ truth, clientIds: new Set(["and-1"]), rules });
  const look = (seconds: number, what: Shown | null) =>
    judge.look({ beforeMs: at(seconds), afterMs: at(seconds), shown: new Map(what ? [["and-1", what]] : []) });
  return { judge, look };
}

describe("what is shown", () => {
  test("a mistake lasts from the first look that sees it to the last, and only while it is shown as sure", () => {
    const { judge, look } = judgeOf(interval({ to: iso(10), ending: "disconnect" }));
    look(5, shown({}));
    expect(judge.mistakes()).toEqual([]);
    look(11, shown({}));
    look(31, shown({}));
    look(32, shown({ doubted: true }));
    look(33, shown({ state: "unknown" }));
    look(34, shown({}));
    expect(judge.mistakes().map(lengthMs)).toEqual([20_000]);
    look(60, shown({ state: "offline_queued" }));
    expect(judge.differences()).toEqual([]);
  });

  test("a client is right on its own node alone, and as gone only when nothing was kept", () => {
    const { judge, look } = judgeOf(interval({ to: iso(10), ending: "disconnect" }));
    for (const [seconds, what, isRight] of [
      [5, shown({ node: "sub-2" }), false],
      [5, shown({ doubted: true }), false],
      [5, null, false],
      [11, shown({ state: "offline_gone" }), false],
      [11, shown({ state: "offline_queued", node: "sub-2" }), true],
    ] as const) {
      look(seconds, what);
      expect([seconds, what, judge.differences().length === 0]).toEqual([seconds, what, isRight]);
    }
  });

  test("a silent loss may be shown online for 2.25 keep alives, and no other loss", () => {
    const silent = judgeOf(interval({ to: iso(10), ending: "silent" }));
    silent.look(18, shown({}));
    expect(silent.judge.differences()).toEqual([]);
    silent.look(20, shown({}));
    expect(silent.judge.differences()).toHaveLength(1);
  });
});

describe("history", () => {
  const stored = (from: number, to: number | null, given: Partial<StoredSession> = {}): StoredSession => ({
    node: "sub-1",
    startedAtMs: at(from),
    endedAtMs: to === null ? null : at(to),
    reason: null,
    ...given,
  });
  const judged = (
    intervals: IntervalLine[],
    sessions: StoredSession[],
    windows: Parameters<typeof judgeHistory>[0]["windows"] = [],
  ) => judgeHistory({ intervals, stored: sessions, windows, silentMs: 9_500 }).map((problem) => problem.split(":")[0]);

  test("a session is told once, on its node, from its beginning to its end", () => {
    const one = interval({ to: iso(60), ending: "disconnect" });
    expect(judged([one], [stored(0, 60)])).toEqual([]);
    expect(judged([one], [])).toEqual(["missing"]);
    expect(judged([one], [stored(0, 60), stored(1, 60)])).toEqual(["never was"]);
    expect(judged([one], [stored(0, 60, { node: "sub-2" })])).toEqual(["missing", "never was"]);
    expect(judged([one], [stored(0, 66)])).toEqual(["ends 6.0 s off"]);
    expect(judged([one], [stored(0, null)])).toEqual(["open in the store, and is over"]);
  });

  test("a session may begin at any time between the opening of its connection and CONNACK", () => {
    const slow = interval({ from: iso(20), attempted: iso(0) });
    expect(judged([slow], [stored(1, null)])).toEqual([]);
    expect(judged([slow], [stored(24, null)])).toEqual(["missing", "never was"]);
    expect(judged([slow], [stored(1, 2), stored(19, null)])).toEqual(["never was"]);
  });

  test("a take-over is told only where the next session begins as this one ends", () => {
    const first = interval({ to: iso(60), ending: "lost" });
    const soon = interval({ interval: 2, from: iso(60.2), node: "sub-2" });
    const later = interval({ interval: 2, from: iso(90), node: "sub-2" });
    const taken = stored(0, 60, { reason: "taken_over" });
    expect(judged([first, soon], [taken, stored(60, null, { node: "sub-2" })])).toEqual([]);
    expect(judged([first, later], [taken, stored(90, null, { node: "sub-2" })])).toEqual([
      "told as taken over, and was not",
    ]);
  });

  test("a fault excuses late ends, and sessions nobody could see, within its time and the recovery", () => {
    const fault = { fromMs: at(50), toMs: at(70), hides: true, stands: false };
    const long = interval({ to: iso(55), ending: "lost" });
    const brief = interval({ interval: 2, from: iso(58), to: iso(62), ending: "lost" });
    expect(judged([long, brief], [stored(0, 90)], [fault])).toEqual([]);
    expect(judged([long, brief], [stored(0, 90)], [{ ...fault, hides: false }])).toEqual(["missing"]);
    const after = interval({ to: iso(160), ending: "lost" });
    expect(judged([after], [stored(0, 190)], [fault])).toEqual(["ends 30.0 s off"]);
  });
});
