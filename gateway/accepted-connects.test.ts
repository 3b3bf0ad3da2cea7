import { expect, it } from "vitest";
import { createAcceptedConnects } from "./accepted-connects";

function connects() {
  let nowUs = 1_000_000;
  const accepted = createAcceptedConnects(["sub-1"], () => nowUs);
  return {
    take: () => accepted.take("sub-1", "c-1")?.peer.port ?? null,
    takeUnfinished: () => accepted.takeUnfinished().map(({ peer }) => peer.port),
    pass: (seconds: number) => (nowUs += seconds * 1_000_000),
    put: (port: number) =>
      accepted.put({
        clientId: "c-1",
        node: "sub-1",
        atUs: nowUs,
        peer: { address: "203.0.113.9", port },
        endsAtUs: null,
        cohort: 0,
      }),
  };
}

it("gives each connect once, and only while its wakeup may come", () => {
  const { put, take, pass } = connects();
  put(1);
  expect([take(), take()]).toEqual([1, null]);
  put(3);
  pass(16);
  expect(take()).toBeNull();
});

it("gives connects that overlap in the order of their authentication", () => {
  const { put, take } = connects();
  put(1);
  put(2);
  expect([take(), take(), take()]).toEqual([1, 2, null]);
});

it("takes the last one for the session that begins when those before were given up, and tells nothing of these", () => {
  const { put, take, takeUnfinished, pass } = connects();
  put(1);
  pass(4);
  put(2);
  pass(4);
  expect([take(), take()]).toEqual([2, null]);
  pass(16);
  expect(takeUnfinished()).toEqual([]);
});

it("does not take a sign-in told again for another connect, even after the client connected once more", () => {
  const { put, take } = connects();
  put(1);
  expect(take()).toBe(1);
  put(2);
  expect(take()).toBe(2);
  put(1);
  put(2);
  expect(take()).toBeNull();
  put(3);
  expect(take()).toBe(3);
});

it("tells of those that never became a session, and of no other", () => {
  const { put, take, takeUnfinished, pass } = connects();
  put(1);
  take();
  pass(16);
  expect(takeUnfinished()).toEqual([]);
  put(2);
  pass(16);
  expect([takeUnfinished(), takeUnfinished()]).toEqual([[2], []]);
});
