import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVernemq } from "@/lib/broker/vernemq";
import { createLog } from "@/lib/log/log";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, rolesWithout, testContext } from "@/test/factories";
import { createAskClient, type AskClient } from "./ask-client";
import { databaseNowUs } from "./database-clock";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { getClient } from "./get-client";
import { verifyClient } from "./verify-client";
import { writePresence } from "./write-presence";

const { db } = await testDatabase();
const support = testContext(db, { role: "support" });
const nowUs = databaseNowUs(db.pool);
let broker: TestCluster;
let ask: AskClient;

beforeAll(async () => {
  broker = await startTestCluster({ nodes: 3 });
  ask = askOf(["n1", "n2"]);
  await makeNode(db, { name: "n1" });
  await makeNode(db, { name: "n2" });
});
afterAll(() => broker.close());

const askOf = (names: readonly ("n1" | "n2")[], adminUrl?: string): AskClient =>
  createAskClient({
    broker: createVernemq({ apiKey: API_KEY }),
    nodes: names.map((name) => ({ name, adminUrl: adminUrl ?? `http://127.0.0.1:${broker.node(name).httpPort}` })),
    databaseNowUs: nowUs,
    nowMs: () => performance.now(),
    log: createLog("test", "silent"),
  });

/** A device at the broker whose hooks our store never got. */
async function connected(node: "n1" | "n2", clean = false) {
  const { clientId } = await makeClient(db, { cleanSession: clean });
  const device = await broker.connect(node, { clientId, clean, username: "t" });
  return { clientId, device, leave: () => device.endAsync() };
}

async function write(
  clientId: string,
  ...events: ({ kind: "opened"; node: string } | { kind: "ended"; node: string })[]
) {
  let fold = emptyFold(clientId);
  for (const event of events) {
    const seen: PresenceEvent =
      event.kind === "opened"
        ? { ...event, clientId, atUs: await nowUs(), peer: null }
        : { ...event, clientId, atUs: await nowUs(), rank: 1 };
    fold = foldEvent(fold, seen);
  }
  await writePresence(db.pool, [fold]);
}

async function presenceOf(clientId: string) {
  const result = await getClient(testContext(db, { role: "engineer" }), { clientId });
  return result.status === "known" ? result.client.presence : null;
}

const historyOf = async (clientId: string) =>
  (
    await db.pool.query<{ ending: string; name: string }>(
      `select ending, n.name from sessions s join clients c using (client_key) join broker_nodes n using (node_id) where client_id = $1`,
      [clientId],
    )
  ).rows;

describe("verifying a client", () => {
  it("renews the proof of what it agrees with, and leaves an audit row", async () => {
    const { clientId } = await connected("n1");
    await write(clientId, { kind: "opened", node: "n1" });
    const proofBefore = (await presenceOf(clientId))?.proofAt ?? "";
    expect(await verifyClient(ask)(support, { clientId })).toMatchObject({ outcome: "agreed", state: "online" });
    const presence = await presenceOf(clientId);
    expect(presence).toMatchObject({ state: "online", proofKind: "verify" });
    expect(presence?.proofAt.localeCompare(proofBefore)).toBeGreaterThanOrEqual(0);
    const audit = await db.prisma.auditEvent.findMany({
      where: { action: "presence.verifyClient", subjectId: clientId },
    });
    expect(audit).toMatchObject([{ actorRole: "support", details: { outcome: "agreed", answer: "online" } }]);
  });

  it("opens a session whose hooks were lost, with node, peer and start as the broker lists them", async () => {
    const { clientId } = await connected("n2");
    expect(await presenceOf(clientId)).toBeNull();
    expect(await verifyClient(ask)(support, { clientId })).toMatchObject({ outcome: "corrected", state: "online" });
    const presence = await presenceOf(clientId);
    expect(presence).toMatchObject({ state: "online", node: "n2", peerAddress: "127.0.0.1", proofKind: "verify" });
    expect(await verifyClient(ask)(support, { clientId })).toMatchObject({ outcome: "agreed", state: "online" });
  });

  it("ends a session whose ending was lost: queued when it is kept, gone when no node knows it", async () => {
    const [kept, clean] = [await connected("n1"), await connected("n1", true)];
    for (const { clientId, leave } of [kept, clean]) {
      await write(clientId, { kind: "opened", node: "n1" });
      await leave();
    }
    await expect
      .poll(async () => (await verifyClient(ask)(support, { clientId: kept.clientId })).state)
      .toBe("offline_queued");
    await expect
      .poll(async () => (await verifyClient(ask)(support, { clientId: clean.clientId })).state)
      .toBe("offline_gone");
    expect(await historyOf(kept.clientId)).toEqual([{ ending: "queued", name: "n1" }]);
    expect(await historyOf(clean.clientId)).toEqual([{ ending: "gone", name: "n1" }]);
  });

  it("finds a session on another node, and what it took over", async () => {
    const { clientId } = await connected("n2");
    await write(clientId, { kind: "opened", node: "n1" });
    await verifyClient(ask)(support, { clientId });
    expect(await presenceOf(clientId)).toMatchObject({ state: "online", node: "n2" });
    expect(await historyOf(clientId)).toEqual([{ ending: "taken_over", name: "n1" }]);
  });

  it("does not apply an answer when a hook came after the question was sent", async () => {
    const { clientId } = await connected("n1");
    await write(clientId, { kind: "opened", node: "n1" });
    const late: AskClient = async (asked) => {
      const answer = await ask(asked);
      await write(clientId, { kind: "ended", node: "n1" });
      return answer;
    };
    expect(await verifyClient(late)(support, { clientId })).toMatchObject({
      outcome: "overtaken",
      state: "offline_queued",
    });
    expect(await presenceOf(clientId)).toMatchObject({ proofKind: "hook" });
  });

  it("says honestly within about a second that nobody answered, and changes nothing", async () => {
    const { clientId } = await makeClient(db);
    await write(clientId, { kind: "opened", node: "n1" });
    const nobody = askOf(["n1", "n2"], "http://127.0.0.1:1");
    const result = await verifyClient(nobody)(support, { clientId });
    expect(result.outcome).toBe("no_answer");
    expect(await presenceOf(clientId)).toMatchObject({ state: "online", proofKind: "hook" });
    const audit = await db.prisma.auditEvent.findMany({
      where: { action: "presence.verifyClient", subjectId: clientId },
    });
    expect(audit).toMatchObject([{ details: { outcome: "no_answer" } }]);
  });

  it("proves nothing when one node that might hold the session does not answer", async () => {
    const { clientId } = await makeClient(db);
    const halfDeaf = createAskClient({
      broker: createVernemq({ apiKey: API_KEY }),
      nodes: [
        { name: "n1", adminUrl: `http://127.0.0.1:${broker.node("n1").httpPort}` },
        { name: "n2", adminUrl: "http://127.0.0.1:1" },
      ],
      databaseNowUs: nowUs,
      nowMs: () => performance.now(),
      log: createLog("test", "silent"),
    });
    expect(await halfDeaf(clientId)).toMatchObject({ status: "no_answer" });
    expect(await ask(clientId)).toMatchObject({ status: "absent" });
  });

  it("asks equal questions once", async () => {
    const { clientId } = await connected("n1");
    const [one, other] = await Promise.all([ask(clientId), ask(clientId)]);
    expect(one).toBe(other);
  });

  it("is refused to roles without the permission, before the broker is asked", async () => {
    const { clientId } = await makeClient(db);
    const never: AskClient = () => Promise.reject(new Error("asked"));
    for (const role of rolesWithout("presence.verify"))
      await expect(verifyClient(never)(testContext(db, { role }), { clientId })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
  });

  it("is NOT_FOUND for a client that never signed in", async () => {
    await expect(verifyClient(ask)(support, { clientId: "nobody-1" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
