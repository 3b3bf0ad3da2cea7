import { describe, expect, it } from "vitest";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { RANK } from "./version";

const fold = (...events: PresenceEvent[]) => events.reduce(foldEvent, emptyFold("c-1"));
const opened = (node: string, atUs: number): PresenceEvent => ({
  kind: "opened",
  clientId: "c-1",
  node,
  atUs,
  peer: { address: "203.0.113.9", port: atUs },
});
const ended = (node: string, atUs: number, rank: 1 | 2 = 1): PresenceEvent => ({
  kind: "ended",
  clientId: "c-1",
  node,
  atUs,
  rank,
});

describe("folding one client's events", () => {
  it("leaves a client open after a take-over whose old node ends it late", () => {
    const after = fold(opened("sub-1", 10), opened("sub-2", 20), ended("sub-1", 30));
    expect(after.current).toMatchObject({ node: "sub-2", rank: RANK.open, startUs: 20 });
    expect(after.finished).toEqual([
      {
        node: "sub-1",
        startUs: 10,
        endUs: 20,
        ending: "taken_over",
        peer: { address: "203.0.113.9", port: 10 },
        endsAtUs: null,
      },
    ]);
  });

  it("ends the session of the node that says so", () => {
    expect(fold(opened("sub-1", 10), ended("sub-1", 30, 2)).current).toMatchObject({ rank: RANK.gone, changedUs: 30 });
  });

  it("moves a queued session to gone, and never back", () => {
    const after = fold(opened("sub-1", 10), ended("sub-1", 20, 1), ended("sub-1", 30, 2), ended("sub-1", 40, 1));
    expect(after.current).toMatchObject({ rank: RANK.gone, changedUs: 30 });
  });

  it("keeps an ending of a session it did not see open for the store to attribute", () => {
    expect(fold(ended("sub-1", 30))).toMatchObject({
      current: null,
      closings: [{ node: "sub-1", atUs: 30, rank: 1, reason: null }],
    });
  });

  it("keeps every session that began and ended inside the batch", () => {
    const after = fold(
      opened("sub-1", 10),
      ended("sub-1", 20),
      opened("sub-1", 30),
      ended("sub-1", 40),
      opened("sub-1", 50),
    );
    expect(after.finished.map(({ startUs, endUs, ending }) => [startUs, endUs, ending])).toEqual([
      [10, 20, "queued"],
      [30, 40, "queued"],
    ]);
    expect(after.current?.rank).toBe(RANK.open);
  });

  it("counts what a wild flapper loses instead of growing", () => {
    const events = Array.from({ length: 200 }, (_, index) => opened(`sub-${index % 2}`, 10 + index));
    const after = fold(...events);
    expect(after.finished).toHaveLength(64);
    expect(after.finishedDropped).toBe(135);
  });

  it("takes a beginning told twice for one, and doubts it; another address is another session", () => {
    const again: PresenceEvent = { kind: "opened", clientId: "c-1", node: "sub-2", atUs: 20, peer: null };
    const repeated = fold(opened("sub-1", 10), again);
    expect(repeated).toMatchObject({ current: { node: "sub-1" }, finished: [], doubt: "wakeup_without_auth" });
    const from = (port: number, atUs: number): PresenceEvent => ({
      ...(opened("sub-1", atUs) as Extract<PresenceEvent, { kind: "opened" }>),
      peer: { address: "203.0.113.9", port },
    });
    expect(fold(from(1, 10), from(1, 20))).toMatchObject({ current: { startUs: 10 }, doubt: null });
    expect(fold(from(1, 10), from(2, 20)).finished).toHaveLength(1);
    expect(fold(from(1, 10), from(1, 20_000_000)).finished).toHaveLength(1);
  });

  it("doubts a beginning on a second node within 15 s, and an identity of a session it did not see begin", () => {
    const peer = { address: "203.0.113.9", port: 1 };
    const begun = (node: string, atUs: number): PresenceEvent => ({
      kind: "opened",
      clientId: "c-1",
      node,
      atUs,
      peer,
    });
    const confirmed = (node: string): PresenceEvent => ({ kind: "confirmed", clientId: "c-1", node, atUs: 40, peer });
    expect(fold(begun("sub-1", 10), begun("sub-2", 20)).doubt).toBe("two_nodes");
    expect(fold(begun("sub-1", 10), begun("sub-2", 15_000_010)).doubt).toBeNull();
    expect(fold(begun("sub-2", 20), confirmed("sub-1")).doubt).toBe("two_nodes");
    expect(fold(begun("sub-1", 10), ended("sub-1", 30), confirmed("sub-1")).doubt).toBe("register_without_session");
    expect(fold(begun("sub-1", 10), confirmed("sub-1")).doubt).toBeNull();
  });

  it("gives two sessions that begin in one microsecond different starts", () => {
    const after = fold(opened("sub-1", 10), opened("sub-2", 10));
    expect(after.current?.startUs).toBe(11);
  });
});
