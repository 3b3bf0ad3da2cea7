import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createVernemq } from "@/lib/broker/vernemq";
import type { BrokerNode } from "@/lib/env/broker-nodes";
import { createLog } from "@/lib/log/log";
import { databaseNowUs } from "@/lib/presence/database-clock";
import { emptyFold, foldEvent, type PresenceEvent } from "@/lib/presence/fold-events";
import { getClient } from "@/lib/presence/get-client";
import { writePresence } from "@/lib/presence/write-presence";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { makeClient, testContext } from "@/test/factories";
import { startClusterWatch, type ClusterWatch } from "./cluster-watch";
import { startPresenceKeeper, type PresenceKeeper } from "./presence";

const { db } = await testDatabase();
const log = createLog("test", "silent");
const LIMIT = { timeout: 25_000, interval: 100 };
const nowUs = databaseNowUs(db.pool);
let cluster: TestCluster;
let watch: ClusterWatch;
let keeper: PresenceKeeper;

beforeAll(async () => {
  cluster = await startTestCluster({ nodes: 3 });
  const nodes = (["n1", "n2", "n3"] as const).map((name): BrokerNode => {
    const adminUrl = `http://127.0.0.1:${cluster.node(name).httpPort}`;
    return { name, role: name === "n3" ? "publisher" : "subscriber", adminUrl };
  });
  watch = startClusterWatch({
    nodes,
    brokerApiKey: API_KEY,
    db,
    log,
    periods: { lookMs: 200, sampleMs: 300, timeoutMs: 300, retryMs: 50 },
  });
  const context = () => testContext(db, { process: "worker" });
  keeper = startPresenceKeeper({ context, nodes, brokerApiKey: API_KEY, sweepEverySeconds: 86_400 });
  await vi.waitFor(async () => {
    expect(await db.prisma.brokerNode.count({ where: { state: "up", brokerName: { not: null } } })).toBe(3);
    // The first sweeps, which would find what the tests hide.
    expect(await db.prisma.presenceSweep.count({ where: { finishedAt: { not: null } } })).toBeGreaterThanOrEqual(2);
  }, LIMIT);
});
afterAll(async () => {
  await keeper.close();
  await watch.close();
  await cluster.close();
});

const tell = (event: PresenceEvent) => writePresence(db.pool, [foldEvent(emptyFold(event.clientId), event)]);

/** A client that connected, and of which the store knows so. */
async function connected(node: "n1" | "n2", { clean = false } = {}) {
  const { clientId } = await makeClient(db, { cleanSession: clean });
  const device = await cluster.connect(node, { clientId, clean, username: "t" });
  const [session] = await createVernemq({ apiKey: API_KEY }).listSessions(
    { name: node, adminUrl: `http://127.0.0.1:${cluster.node(node).httpPort}` },
    { clientId, limit: 1 },
  );
  const peer = { address: session?.peerAddress ?? "", port: session?.peerPort ?? 0 };
  await tell({ kind: "opened", clientId, node, atUs: await nowUs(), peer });
  return { clientId, device };
}

async function shown(clientId: string) {
  const result = await getClient(testContext(db, { role: "engineer" }), { clientId });
  const presence = result.status === "known" ? result.client.presence : null;
  return presence && [presence.state, presence.node, presence.reason];
}
const becomes = (clientId: string, ...expected: (string | null)[]) =>
  vi.waitFor(async () => expect(await shown(clientId)).toEqual(expected), LIMIT);
const sweepReasons = async () =>
  (await db.pool.query<{ reason: string }>("select distinct reason from presence_sweeps")).rows.map(
    (row) => row.reason,
  );

it("finds a session that ended without any hook, at once, by the node's own counts", async () => {
  const { clientId } = await connected("n1");
  await vi.waitFor(async () => expect(await shown(clientId)).toEqual(["online", "n1", null]), LIMIT);
  await cluster.get("n1", `/api/v1/session/disconnect?client-id=${clientId}&--cleanup`);
  await becomes(clientId, "offline_gone", "n1", null);
  expect(await sweepReasons()).toContain("hooks_missing");
});

it("finds a client all of whose hooks were lost, though nobody ever heard of it", async () => {
  await cluster.connect("n2", { clientId: "never-heard-of", clean: false, username: "t" });
  await db.pool.query("update broker_nodes set sweep_wanted_at = clock_timestamp(), sweep_reason = 'hook_errors'");
  await vi.waitFor(
    async () => expect(await db.prisma.client.count({ where: { clientId: "never-heard-of" } })).toBe(1),
    LIMIT,
  );
  await becomes("never-heard-of", "online", "n2", null);
  const result = await getClient(testContext(db, { role: "engineer" }), { clientId: "never-heard-of" });
  expect(result).toMatchObject({ status: "known", client: { person: { personId: null } } });
});

it("decides of a lost node's clients by one row: those it still had ended with it, those elsewhere are online there", async () => {
  const [kept, clean, moved] = [await connected("n1"), await connected("n1", { clean: true }), await connected("n1")];
  await cluster.control("POST /nodes/n1/kill");
  await vi.waitFor(async () => expect((await shown(kept.clientId))?.[0]).toBe("unknown"), LIMIT);
  // A kept session of a lost node is closed at its first connect elsewhere, and admitted at the next.
  const options = { clientId: moved.clientId, clean: false, username: "t" };
  await cluster.connect("n2", options).catch(() => cluster.connect("n2", options));
  await becomes(kept.clientId, "offline_queued", "n1", "node_lost");
  await becomes(clean.clientId, "offline_gone", "n1", "node_lost");
  await becomes(moved.clientId, "online", "n2", null);
  const [row] = (
    await db.pool.query("select ver & 3 as rank from presence join clients using (client_key) where client_id = $1", [
      kept.clientId,
    ])
  ).rows;
  expect(row).toEqual({ rank: 0 });
  expect(await sweepReasons()).toContain("node_lost");
  await cluster.control("POST /nodes/n1/start");
  await vi.waitFor(
    async () => expect(await db.prisma.brokerNode.count({ where: { name: "n1", state: "up" } })).toBe(1),
    LIMIT,
  );
  await becomes(kept.clientId, "offline_queued", "n1", "node_lost");
}, 60_000);

it("looks at a node at once that is believed not to answer when a hook of it comes", async () => {
  await db.pool.query("update broker_nodes set state = 'silent' where name = 'n2'");
  const { clientId } = await makeClient(db);
  const told: string[] = [];
  const client = await db.pool.connect();
  client.on("notification", ({ payload }) => told.push(payload ?? ""));
  await client.query("listen cluster");
  await tell({ kind: "opened", clientId, node: "n2", atUs: await nowUs(), peer: { address: "203.0.113.9", port: 9 } });
  await vi.waitFor(async () => {
    await client.query("select 1");
    expect(told.some((payload) => payload.includes("cluster.nodeHeard") && payload.includes('"n2"'))).toBe(true);
  }, LIMIT);
  client.release(true);
  await db.pool.query("update broker_nodes set state = 'up' where name = 'n2'");
});
