import { describe, expect, it } from "vitest";
import { judgeAnswer, type KnownPresence, type Proof } from "./judge-answer";
import { RANK, versionOf, type Rank } from "./version";

const peer = { address: "203.0.113.9", port: 40_000 };
const known = (rank: Rank, given: Partial<KnownPresence> = {}): KnownPresence => ({
  ver: versionOf(1_000, rank),
  node: "sub-1",
  changedUs: rank === RANK.open ? 1_000 : 2_000,
  proofKind: "hook",
  proofUs: 2_000,
  peer,
  endsAtUs: null,
  beganUs: null,
  lifeEndedUs: null,
  ...given,
});
const at = { askedUs: 9_000, tookMs: 7 };
const online = (node = "sub-1", given: Partial<Extract<Proof, { status: "online" }>["session"]> = {}): Proof => ({
  ...at,
  status: "online",
  session: { node, peer, startedUs: 1_000, ...given },
});
const offline: Proof = { ...at, status: "offline" };
const absent: Proof = { ...at, status: "absent" };

describe("judging an answer", () => {
  it("tells nothing when a hook came after the question was sent", () => {
    for (const answer of [online("sub-2"), offline, absent])
      for (const later of [{ changedUs: 9_001 }, { proofUs: 9_001 }])
        expect(judgeAnswer(known(RANK.open, later), answer)).toEqual({ outcome: "overtaken" });
  });

  it("agrees with the state it knows", () => {
    expect(judgeAnswer(known(RANK.open), online())).toEqual({ outcome: "agreed" });
    expect(judgeAnswer(known(RANK.open, { peer: null }), online())).toEqual({ outcome: "agreed" });
    expect(judgeAnswer(known(RANK.queued), offline)).toEqual({ outcome: "agreed" });
    expect(judgeAnswer(known(RANK.gone), absent)).toEqual({ outcome: "agreed" });
    expect(judgeAnswer(null, absent)).toEqual({ outcome: "agreed" });
  });

  it("ends a session whose ending was lost, at the question", () => {
    expect(judgeAnswer(known(RANK.open), offline)).toEqual({
      outcome: "corrected",
      next: { ver: versionOf(1_000, RANK.queued), node: "sub-1", changedUs: 9_000, peer },
      finished: {
        node: "sub-1",
        startUs: 1_000,
        endUs: 9_000,
        ending: "queued",
        peer,
        endsAtUs: null,
        isNodeLost: false,
      },
    });
    expect(judgeAnswer(known(RANK.open), absent)).toMatchObject({
      next: { ver: versionOf(1_000, RANK.gone) },
      finished: { ending: "gone" },
    });
  });

  it("dates the end of a session its node's boot has ended by the boot", () => {
    const outlived = known(RANK.open, { lifeEndedUs: 5_000 });
    expect(judgeAnswer(outlived, offline)).toMatchObject({ next: { changedUs: 5_000 }, finished: { endUs: 5_000 } });
    expect(judgeAnswer(outlived, online("sub-1", { startedUs: 6_000 }))).toMatchObject({
      next: { ver: versionOf(6_000, RANK.open) },
      finished: { endUs: 5_000 },
    });
  });

  it("ends a kept session that has expired, without a second history row", () => {
    expect(judgeAnswer(known(RANK.queued), absent)).toMatchObject({
      next: { ver: versionOf(1_000, RANK.gone) },
      finished: null,
    });
  });

  it("opens a session whose wakeup was lost, from when the broker says it began", () => {
    expect(judgeAnswer(known(RANK.queued), online("sub-2", { startedUs: 4_000 }))).toEqual({
      outcome: "corrected",
      next: { ver: versionOf(4_000, RANK.open), node: "sub-2", changedUs: 9_000, peer },
      finished: null,
    });
    expect(judgeAnswer(null, online("sub-2", { startedUs: null }))).toMatchObject({
      next: { ver: versionOf(9_000, RANK.open) },
    });
  });

  it("finds a take-over by another node or another connection, and what it ended", () => {
    expect(judgeAnswer(known(RANK.open), online("sub-2", { startedUs: 4_000 }))).toMatchObject({
      next: { ver: versionOf(4_000, RANK.open), node: "sub-2" },
      finished: { node: "sub-1", endUs: 4_000, ending: "taken_over" },
    });
    const newPort = { peer: { ...peer, port: 40_001 }, startedUs: 4_000 };
    expect(judgeAnswer(known(RANK.open), online("sub-1", newPort))).toMatchObject({ outcome: "corrected" });
  });

  it("takes the session it knows for the broker's when another connection's address was noted of it", () => {
    const otherPort = { peer: { ...peer, port: 40_001 }, startedUs: 990 };
    expect(judgeAnswer(known(RANK.open), online("sub-1", otherPort))).toEqual({ outcome: "agreed" });
  });

  it("believes no clock of the broker before what is known, nor after the question", () => {
    const startOf = (startedUs: number) => judgeAnswer(known(RANK.queued), online("sub-2", { startedUs }));
    expect(startOf(5)).toMatchObject({ next: { ver: versionOf(2_001, RANK.open) } });
    expect(startOf(90_000)).toMatchObject({ next: { ver: versionOf(9_000, RANK.open) } });
  });

  it("raises the version with every correction, so that no older event undoes it", () => {
    for (const rank of [RANK.open, RANK.queued, RANK.gone])
      for (const answer of [online("sub-2"), offline, absent]) {
        const judgement = judgeAnswer(known(rank), answer);
        if (judgement.outcome === "corrected") expect(judgement.next.ver).toBeGreaterThan(known(rank).ver);
      }
  });
});
