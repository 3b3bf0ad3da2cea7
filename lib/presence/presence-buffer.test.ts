import { describe, expect, it, vi } from "vitest";
import { createLog } from "@/lib/log/log";
import type { PresenceEvent } from "./fold-events";
import type { PresenceBatch } from "./presence-batch";
import { createPresenceBuffer } from "./presence-buffer";

const log = createLog("test", "silent");
const opened = (clientId: string, atUs: number): PresenceEvent => ({
  kind: "opened",
  clientId,
  node: "sub-1",
  atUs,
  peer: { address: "203.0.113.9", port: atUs },
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A store whose writes finish when the test says so. */
function heldStore() {
  const batches: PresenceBatch[] = [];
  const releases: ((error?: Error) => void)[] = [];
  const write = (batch: PresenceBatch) =>
    new Promise<number>((resolve, reject) => {
      batches.push(batch);
      releases.push((error) => (error ? reject(error) : resolve(batch.clients.length)));
    });
  return { batches, releases, write };
}

describe("the presence buffer", () => {
  it("gathers what arrives during a write into one batch behind it, newest state per client", async () => {
    const store = heldStore();
    const buffer = createPresenceBuffer({ write: store.write, log, nowMs: () => performance.now() });
    void buffer.record(opened("a", 1));
    void buffer.record(opened("b", 2));
    void buffer.record(opened("b", 3));
    expect(store.batches).toHaveLength(1);
    expect(buffer.stats().waiting).toBe(2);
    store.releases[0]?.();
    await vi.waitFor(() => expect(store.batches).toHaveLength(2));
    expect(store.batches[1]?.clients.map((client) => [client.clientId, client.current?.startUs])).toEqual([["b", 3]]);
    store.releases[1]?.();
    await settled();
    expect(buffer.stats()).toMatchObject({ waiting: 0, lagMs: 0, batches: 2 });
  });

  it("writes at once when idle; within moments of a batch only when enough wait, or when the moment is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = heldStore();
    const buffer = createPresenceBuffer({ write: store.write, log, nowMs: () => performance.now() });
    const sizes = async () => {
      for (const release of store.releases.splice(0)) release();
      await settled();
      return store.batches.map(({ clients }) => clients.length);
    };
    void buffer.record(opened("first", 1));
    expect(await sizes()).toEqual([1]);
    for (let n = 1; n < 32; n += 1) void buffer.record(opened(`c-${n}`, n));
    expect(await sizes()).toEqual([1]);
    void buffer.record(opened("c-32", 32));
    expect(await sizes()).toEqual([1, 32]);
    void buffer.record(opened("few", 1));
    expect(await sizes()).toEqual([1, 32]);
    vi.advanceTimersByTime(8);
    expect(await sizes()).toEqual([1, 32, 1]);
    vi.useRealTimers();
  });

  it("answers after the commit, or after its limit when the store does not answer", async () => {
    const store = heldStore();
    const buffer = createPresenceBuffer({
      write: store.write,
      log,
      nowMs: () => performance.now(),
      answerWithinMs: 20,
    });
    await buffer.record(opened("a", 1));
    expect(buffer.stats().waiting).toBe(1);
    store.releases[0]?.();
  });

  it("writes a failed batch again until the store takes it", async () => {
    const taken: string[] = [];
    let failures = 2;
    const buffer = createPresenceBuffer({
      log,
      nowMs: () => performance.now(),
      answerWithinMs: 5_000,
      write: async (batch) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error("connection terminated");
        }
        taken.push(...batch.clients.map((client) => client.clientId));
        return batch.clients.length;
      },
    });
    await buffer.record(opened("a", 1));
    expect(taken).toEqual(["a"]);
    expect(buffer.stats()).toMatchObject({ failures: 2, waiting: 0 });
  });

  it("drops one row the store refuses, and keeps all others", async () => {
    const taken: string[] = [];
    const buffer = createPresenceBuffer({
      log,
      nowMs: () => performance.now(),
      answerWithinMs: 5_000,
      write: async (batch) => {
        if (batch.clients.some((client) => client.clientId === "bad"))
          throw Object.assign(new Error("invalid byte sequence"), { code: "22021" });
        taken.push(...batch.clients.map((client) => client.clientId));
        return batch.clients.length;
      },
    });
    await buffer.record(opened("first", 1));
    await Promise.all(["a", "b", "bad", "c"].map((clientId) => buffer.record(opened(clientId, 2))));
    expect(taken.toSorted()).toEqual(["a", "b", "c", "first"]);
    expect(buffer.stats().dropped).toBe(1);
  });

  it("refuses new clients above its bound and counts them, but keeps updating those it holds", async () => {
    const store = heldStore();
    const buffer = createPresenceBuffer({
      write: store.write,
      log,
      nowMs: () => performance.now(),
      answerWithinMs: 1,
      mostClients: 2,
    });
    for (const clientId of ["in-flight", "a", "b", "c", "a"]) void buffer.record(opened(clientId, 5));
    expect(buffer.stats()).toMatchObject({ waiting: 3, dropped: 1 });
    store.releases[0]?.();
  });

  it("bounds the sessions that ended meanwhile: the client's oldest goes, counted", async () => {
    const store = heldStore();
    const buffer = createPresenceBuffer({
      write: store.write,
      log,
      nowMs: () => performance.now(),
      answerWithinMs: 1,
      mostFinished: 3,
    });
    void buffer.record(opened("in-flight", 1));
    for (let at = 1; at <= 6; at += 1) void buffer.record(opened("a", at * 1_000));
    expect(buffer.stats()).toMatchObject({ waiting: 2, droppedSessions: 2, dropped: 0 });
    store.releases[0]?.();
    await vi.waitFor(() => expect(store.batches).toHaveLength(2));
    expect(store.batches[1]?.clients[0]?.finished.map(({ startUs }) => startUs)).toEqual([3_000, 4_000, 5_000]);
    store.releases[1]?.();
  });

  it("writes what gathered over an outage in pieces, sign-ins before states", async () => {
    const pieces: string[] = [];
    let isAway = true;
    const buffer = createPresenceBuffer({
      log,
      nowMs: () => performance.now(),
      answerWithinMs: 1,
      mostAWrite: 40,
      write: async (batch) => {
        if (isAway) throw new Error("connection refused");
        pieces.push(`${batch.signIns.length} ${batch.clients.length}`);
        return batch.clients.length;
      },
    });
    void buffer.record(opened("first", 1));
    for (let n = 0; n < 100; n += 1) void buffer.record(opened(`c-${n}`, n));
    const unsaid = {
      name: null,
      phoneNumber: null,
      platform: null,
      appVersion: null,
      deviceModel: null,
      tokenHash: "",
      tokenId: null,
    };
    for (let n = 0; n < 50; n += 1)
      buffer.signIn({ clientId: `c-${n}`, personId: `p-${n}`, cleanSession: false, ...unsaid });
    isAway = false;
    await vi.waitFor(() => expect(buffer.stats()).toMatchObject({ waiting: 0, lagMs: 0 }), 5_000);
    expect(pieces).toEqual(["0 1", "40 0", "10 0", "0 40", "0 40", "0 20"]);
    expect(buffer.stats()).toMatchObject({ transitions: 101, lateAnswers: 101 });
  });
});
