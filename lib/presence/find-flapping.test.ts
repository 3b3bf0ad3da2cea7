import { describe, expect, it } from "vitest";
import { findFlapping, type FlapSession } from "./find-flapping";
import { FLAPPING_CONNECTS } from "./schemas";

const NOON = Date.UTC(2026, 10, 20, 12);
const session = (minute: number, given: Partial<FlapSession> = {}): FlapSession => ({
  startedMs: NOON + minute * 60_000,
  endedMs: NOON + minute * 60_000 + 10_000,
  ending: "queued",
  peerAddress: "203.0.113.7",
  ...given,
});
const many = (count: number, everyMinutes: number, given: (n: number) => Partial<FlapSession> = () => ({})) =>
  Array.from({ length: count }, (_, n) => session(n * everyMinutes, given(n)));

describe("flapping", () => {
  it("is no client that reconnects now and then", () => {
    expect(findFlapping([])).toBeNull();
    expect(findFlapping(many(FLAPPING_CONNECTS - 1, 0.5))).toBeNull();
    expect(findFlapping(many(100, 3))).toBeNull();
  });

  it("is named as two phones of one identifier when they throw each other out from two addresses", () => {
    const flapping = findFlapping(
      many(34, 0.29, (n) => ({ ending: "taken_over", peerAddress: n % 2 ? "203.0.113.7" : "198.51.100.4" })),
    );
    expect(flapping).toMatchObject({
      connects: 34,
      sharedId: true,
      takeOvers: 34,
      addresses: [
        { address: "198.51.100.4", connects: 17 },
        { address: "203.0.113.7", connects: 17 },
      ],
    });
  });

  it("is two phones as well when each session's ending is told just before the other's beginning", () => {
    const inTurns = many(20, 0.4, (n) => ({
      endedMs: NOON + (n + 1) * 0.4 * 60_000 - 110,
      peerAddress: n % 2 ? "203.0.113.7" : "198.51.100.4",
    }));
    expect(findFlapping(inTurns)).toMatchObject({ sharedId: true, takeOvers: 19 });
  });

  it("is also two phones behind one address, when their tokens name two models", () => {
    const sessions = many(20, 0.4, () => ({ ending: "taken_over" }));
    expect(findFlapping(sessions)?.sharedId).toBe(false);
    expect(findFlapping(sessions, { models: ["Redmi Note 13", "Contoh A54"], switches: 1 })).toMatchObject({
      sharedId: true,
      devices: ["Redmi Note 13", "Contoh A54"],
    });
  });

  it("is two phones when their models take turns, whatever ended the sessions; but not when one phone replaced another", () => {
    const models = ["Redmi Note 13", "Contoh A54"];
    expect(findFlapping(many(20, 0.4), { models, switches: 12 })).toMatchObject({ sharedId: true, takeOvers: 0 });
    expect(findFlapping(many(20, 0.4), { models, switches: 1 })).toMatchObject({ sharedId: false });
  });

  it("of one phone whose connection is lost again and again is not told as two phones", () => {
    expect(findFlapping(many(20, 0.4))).toMatchObject({ connects: 20, sharedId: false, takeOvers: 0 });
  });

  it("is told of the densest ten minutes, whatever is around them, in any order of the sessions", () => {
    const sessions = [
      ...many(5, 5),
      ...many(12, 0.5, () => ({})).map((s) => ({ ...s, startedMs: s.startedMs + 3.6e6 })),
    ];
    expect(findFlapping(sessions.toReversed())).toMatchObject({
      connects: 12,
      from: new Date(NOON + 3.6e6).toISOString(),
    });
  });
});
