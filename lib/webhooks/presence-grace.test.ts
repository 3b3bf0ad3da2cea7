import { describe, expect, test } from "vitest";
import type { PresenceReport } from "@/lib/presence/schemas";
import { createPresenceGrace } from "./presence-grace";

const START = Date.parse("2026-11-22T12:00:00Z");
const iso = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();

const report = (state: PresenceReport["state"], sinceSeconds: number, node = "sub-1"): PresenceReport => ({
  clientId: "a",
  state,
  since: iso(sinceSeconds),
  node,
  proof: { kind: "hook", at: iso(sinceSeconds), ageSeconds: 0 },
  detail: null,
  endReason: null,
  doubtedSince: null,
  correctedAt: null,
});

/** Hears, and asks at a second what is told, as the worker does. */
function play() {
  const grace = createPresenceGrace(new Map());
  return {
    grace,
    online: (second: number) => grace.hear({ clientId: "a", isOffline: false }, START + second * 1_000),
    offline: (second: number) => grace.hear({ clientId: "a", isOffline: true }, START + second * 1_000),
    at: (second: number, stored: PresenceReport) => {
      const due = grace.take(START + second * 1_000, 10);
      return due.length === 0 ? "not due" : (grace.judge(stored, new Date(START + second * 1_000)) ?? "nothing");
    },
  };
}

describe("what is told of presence", () => {
  test("an online at once, an offline after ten seconds", () => {
    const { online, offline, at } = play();
    online(0);
    expect(at(0, report("online", 0))).toMatchObject({ state: "online", before: null });
    offline(60);
    expect(at(69, report("offline_queued", 60))).toBe("not due");
    expect(at(70, report("offline_queued", 60))).toMatchObject({ state: "offline_queued", before: "online" });
    online(80);
    expect(at(80, report("online", 80))).toMatchObject({ state: "online", before: "offline_queued" });
  });

  test("a blip is not told, whether the client was known before or not", () => {
    for (const isKnown of [true, false]) {
      const { online, offline, at } = play();
      if (isKnown) {
        online(0);
        at(0, report("online", 0));
      }
      offline(60);
      online(65);
      expect(at(65, report("online", 65))).toBe("nothing");
      expect(at(100, report("online", 65))).toBe("not due");
    }
  });

  test("a hand-over to another node is told as online after online, never as offline", () => {
    const { online, offline, at } = play();
    online(0);
    at(0, report("online", 0));
    offline(60);
    online(60.5);
    expect(at(61, report("online", 60.5, "sub-2"))).toMatchObject({ state: "online", node: "sub-2", before: "online" });
  });

  test("a session after its node was lost is told, though nothing was heard of an ending", () => {
    const { online, at } = play();
    online(0);
    at(0, report("online", 0));
    online(60);
    expect(at(60, report("online", 60))).toMatchObject({ state: "online", before: "online" });
  });

  test("one that came and went again is told offline once, ten seconds after it went", () => {
    const { online, offline, at } = play();
    online(0);
    at(0, report("online", 0));
    offline(60);
    online(62);
    expect(at(62, report("offline_gone", 61.9))).toBe("nothing");
    offline(63);
    expect(at(72, report("offline_gone", 63))).toBe("not due");
    expect(at(73, report("offline_gone", 63))).toMatchObject({ state: "offline_gone" });
  });

  test("the same change heard twice is told once; a kept session that expires is told", () => {
    const { offline, at } = play();
    offline(0);
    expect(at(10, report("offline_queued", 0))).toMatchObject({ state: "offline_queued" });
    offline(11);
    expect(at(30, report("offline_queued", 0))).toBe("nothing");
    offline(100);
    expect(at(200, report("offline_gone", 100))).toMatchObject({ state: "offline_gone", before: "offline_queued" });
  });

  test("more than can be held are dropped, and said", () => {
    const { grace } = play();
    for (let n = 0; n < 200_050; n += 1) grace.hear({ clientId: `c-${n}`, isOffline: true }, START);
    expect([grace.held(), grace.dropped(), grace.dropped()]).toEqual([200_000, 50, 0]);
  });
});
