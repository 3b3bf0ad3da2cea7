import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVernemq } from "@/lib/broker/vernemq";
import { createLog } from "@/lib/log/log";
import { createAskClient, type AskClient } from "@/lib/presence/ask-client";
import { databaseNowUs } from "@/lib/presence/database-clock";
import { readLiveSession } from "@/lib/presence/read-live-session";
import { verifyClient } from "@/lib/presence/verify-client";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, rolesWithout, testContext } from "@/test/factories";
import { disconnectClient, type DisconnectParts } from "./disconnect-client";

const { db } = await testDatabase();
const oncall = testContext(db, { role: "oncall" });
const engineer = testContext(db, { role: "engineer" });
const log = createLog("test", "silent");
let cluster: TestCluster;
let parts: DisconnectParts & { broker: ReturnType<typeof createVernemq>; nowMs: () => number };

beforeAll(async () => {
  cluster = await startTestCluster({ nodes: 3 });
  const broker = createVernemq({ apiKey: API_KEY });
  const nodes = (["n1", "n2"] as const).map((name) => ({
    name,
    adminUrl: `http://127.0.0.1:${cluster.node(name).httpPort}`,
  }));
  const nowMs = () => performance.now();
  const ask = createAskClient({ broker, nodes, databaseNowUs: databaseNowUs(db.pool), nowMs, log });
  parts = { broker, nodes, ask, nowMs };
  for (const { name } of nodes) await makeNode(db, { name });
});
afterAll(() => cluster.close());

/** A phone that is connected, and known to be. */
async function phone(given: { clean?: boolean; node?: "n1" | "n2"; reconnectPeriod?: number } = {}) {
  const { clientId } = await makeClient(db, { cleanSession: given.clean ?? false });
  const device = await cluster.connect(given.node ?? "n1", {
    clientId,
    clean: given.clean ?? false,
    username: "t",
    reconnectPeriod: given.reconnectPeriod ?? 0,
  });
  await device.subscribeAsync({ [`lc/v1/clients/${clientId}/#`]: { qos: 1 } });
  await verifyClient(parts.ask)(engineer, { clientId });
  return { clientId, device };
}
const auditOf = (subjectId: string, action: string) => db.prisma.auditEvent.findMany({ where: { subjectId, action } });
const order = (clientId: string) => ({ clientId, reason: "ticket 4711: stuck session" });

describe("disconnecting a client", () => {
  it("ends its connection, keeps its session, is verified after, and stands twice in the audit", async () => {
    const { clientId } = await phone({ node: "n2" });
    expect(await disconnectClient(parts)(oncall, order(clientId))).toEqual({
      outcome: "offline",
      state: "offline_queued",
    });
    expect(await auditOf(clientId, "access.orderDisconnect")).toHaveLength(1);
    expect(await auditOf(clientId, "access.disconnectClient")).toMatchObject([
      { reason: "ticket 4711: stuck session", details: { outcome: "offline", state: "offline_queued" } },
    ]);
    const { rows } = await db.pool.query(
      "select reason, ended_by from sessions s join clients c using (client_key) where client_id = $1",
      [clientId],
    );
    expect(rows).toEqual([{ reason: "disconnected", ended_by: oncall.actor.name }]);
  });

  it("drops what waits in its session when it is told to, though no hook tells of it", async () => {
    const { clientId, device } = await phone();
    await device.endAsync();
    await verifyClient(parts.ask)(engineer, { clientId });
    const ended = await disconnectClient(parts)(oncall, { ...order(clientId), session: "end" });
    expect(ended).toEqual({ outcome: "offline", state: "offline_gone" });
    expect(await readLiveSession(parts)(engineer, { clientId })).toMatchObject({ status: "no_session" });
  });

  it("says that a phone was back at once", async () => {
    const { clientId, device } = await phone({ reconnectPeriod: 20 });
    const result = await disconnectClient(parts)(oncall, order(clientId));
    expect(["back", "offline"]).toContain(result.outcome);
    await expect.poll(async () => (await verifyClient(parts.ask)(engineer, { clientId })).state).toBe("online");
    await device.endAsync();
  });

  it("is harmless for one that is offline already", async () => {
    const { clientId, device } = await phone();
    await device.endAsync();
    await verifyClient(parts.ask)(engineer, { clientId });
    const again = { outcome: "was_offline", state: "offline_queued" };
    expect(await disconnectClient(parts)(oncall, order(clientId))).toEqual(again);
    expect(await disconnectClient(parts)(oncall, order(clientId))).toEqual(again);
  });

  it("is refused without the permission or a reason, before the broker is asked", async () => {
    const never: AskClient = () => Promise.reject(new Error("asked"));
    const { clientId } = await makeClient(db);
    for (const role of rolesWithout("access.disconnect"))
      await expect(
        disconnectClient({ ...parts, ask: never })(testContext(db, { role }), order(clientId)),
      ).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(disconnectClient({ ...parts, ask: never })(oncall, { clientId, reason: "" })).rejects.toMatchObject({
      code: "VALIDATION",
    });
  });

  it("says that no node took the order, and leaves that it was given", async () => {
    const { clientId } = await phone();
    const nodes = parts.nodes.map((node) => ({ ...node, adminUrl: "http://127.0.0.1:1" }));
    await expect(disconnectClient({ ...parts, nodes })(oncall, order(clientId))).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(await auditOf(clientId, "access.orderDisconnect")).toHaveLength(1);
    expect(await auditOf(clientId, "access.disconnectClient")).toHaveLength(0);
  });
});

describe("a client's live session", () => {
  it("has its kind, protocol and subscriptions as the broker has them", async () => {
    const { clientId } = await phone({ clean: true });
    expect(await readLiveSession(parts)(engineer, { clientId })).toMatchObject({
      status: "session",
      isOnline: true,
      cleanSession: true,
      protocolVersion: 4,
      subscriptions: [{ topicFilter: `lc/v1/clients/${clientId}/#`, qos: 1 }],
    });
  });

  it("counts what waits for a phone that is offline", async () => {
    const { clientId, device } = await phone();
    await device.endAsync();
    const sender = await cluster.connect("n3", { clientId: "sender-1", username: "t" });
    await sender.publishAsync(`lc/v1/clients/${clientId}/inbox`, "hello", { qos: 1 });
    await expect
      .poll(() => readLiveSession(parts)(engineer, { clientId }))
      .toMatchObject({ status: "session", isOnline: false, queuedMessages: 1 });
    await sender.endAsync();
  });

  it("is not said to be absent when a node did not answer", async () => {
    const nodes = parts.nodes.map((node, n) => (n === 0 ? node : { ...node, adminUrl: "http://127.0.0.1:1" }));
    const read = readLiveSession({ ...parts, nodes });
    expect(await read(engineer, { clientId: "nobody-1" })).toMatchObject({ status: "no_answer" });
    expect(await readLiveSession(parts)(engineer, { clientId: "nobody-1" })).toMatchObject({ status: "no_session" });
  });

  it("is one look while the page stays open", async () => {
    const { clientId } = await makeClient(db);
    const now = new Date();
    const at = (minutes: number) =>
      testContext(db, { role: "engineer" }, { now: new Date(now.getTime() + minutes * 60_000) });
    const first = at(0);
    for (const minutes of [0, 5, 14, 16]) {
      const ctx = { ...at(minutes), actor: first.actor };
      await readLiveSession(parts)(ctx, { clientId });
    }
    expect(await auditOf(clientId, "presence.readLiveSession")).toHaveLength(2);
    await readLiveSession(parts)(testContext(db, { role: "support" }, { now }), { clientId });
    expect(await auditOf(clientId, "presence.readLiveSession")).toHaveLength(3);
  });
});
