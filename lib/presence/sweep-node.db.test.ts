import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordGateway } from "@/lib/cluster/record-gateway";
import { createVernemq } from "@/lib/broker/vernemq";
import { createLog } from "@/lib/log/log";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { createDoubtAnswerer } from "./answer-doubts";
import { createAskClient } from "./ask-client";
import { clientKeyOf } from "./client-key";
import { databaseNowUs } from "./database-clock";
import { emptyFold, foldEvent } from "./fold-events";
import { getClient } from "./get-client";
import { createListOnline } from "./list-online";
import { readDrift, readDriftSeries } from "./read-drift";
import { sweepNode } from "./sweep-node";
import { writePresence } from "./write-presence";

const { db } = await testDatabase();
const worker = testContext(db, { process: "worker" });
const vernemq = createVernemq({ apiKey: API_KEY });
const nowUs = databaseNowUs(db.pool);
let cluster: TestCluster;
const address = (name: "n1" | "n2") => ({ name, adminUrl: `http://127.0.0.1:${cluster.node(name).httpPort}` });
const sweep = (name: "n1" | "n2" = "n1", broker = vernemq) =>
  sweepNode(worker, { broker, node: address(name), everySeconds: 600 });
const nodeWentAndCame = (name: string) =>
  db.pool.query("update broker_nodes set state_since = clock_timestamp() where name = $1", [name]);

beforeAll(async () => {
  cluster = await startTestCluster({ nodes: 3 });
  const stateSince = { bootedAt: new Date(Date.now() - 3_600_000) };
  await makeNode(db, { name: "n1", ...stateSince });
  await makeNode(db, { name: "n2", ...stateSince });
});
afterAll(() => cluster.close());

const GATEWAY_STARTED = {
  name: "gw-1",
  upMs: 0,
  waiting: 0,
  lagMs: 0,
  droppedStates: 0,
  droppedSessions: 0,
  clockOffsetMs: null,
  issuers: [],
  eventLoopLagMs: 0,
};

function answerDoubts() {
  const asking = {
    broker: vernemq,
    nodes: [address("n1"), address("n2")],
    databaseNowUs: nowUs,
    nowMs: () => performance.now(),
    log: createLog("test", "silent"),
  };
  const parts = { ask: createAskClient(asking), listOnline: createListOnline(asking) };
  return createDoubtAnswerer(parts)(worker, { most: 5_000 });
}

/** A client the store takes for online on n1. */
async function stored(): Promise<string> {
  const { clientId } = await makeClient(db);
  const peer = { address: "127.0.0.1", port: 1 };
  const opened = { kind: "opened", clientId, node: "n1", atUs: await nowUs(), peer } as const;
  await writePresence(db.pool, [foldEvent(emptyFold(clientId), opened)]);
  // Its address is not known, so that the broker's is no other.
  await db.pool.query("update presence set peer_address = null, peer_port = null where client_key = $1", [
    clientKeyOf(clientId),
  ]);
  return clientId;
}
const online = (clientId: string) => cluster.connect("n1", { clientId, clean: false, username: "t" });
const doubtOf = async (clientId: string) =>
  (await db.prisma.presenceDoubt.findUnique({ where: { clientKey: clientKeyOf(clientId) } }))?.kind ?? null;

async function factsOf(clientId: string) {
  const result = await getClient(worker, { clientId });
  return result.status === "known" ? result.client.presence : null;
}

describe("sweeping a node", () => {
  it("doubts what list and store differ in, applies none of it, and counts what the broker confirms", async () => {
    const [agreed, lost] = [await stored(), await stored()];
    const { clientId: unseen } = await makeClient(db);
    await online(agreed);
    await online(unseen);
    expect(await sweep()).toEqual({ complete: true, rows: 2, differences: 2 });
    expect(await Promise.all([agreed, lost, unseen].map(doubtOf))).toEqual([null, "sweep", "sweep"]);
    expect(await db.prisma.presence.findUnique({ where: { clientKey: clientKeyOf(unseen) } })).toBeNull();
    expect(await factsOf(agreed)).toMatchObject({ proofKind: "sweep", doubtedSince: null });
    expect(await factsOf(lost)).toMatchObject({ state: "online", proofKind: "hook", doubtedSince: expect.any(String) });

    expect(await answerDoubts()).toMatchObject({ asked: 2, corrected: 2, dropped: 0 });
    const found = await db.prisma.presence.findUnique({ where: { clientKey: clientKeyOf(unseen) } });
    expect([(found?.ver ?? 1n) & 3n, found?.proofKind]).toEqual([0n, "verify"]);
    expect(await readDrift(worker, {})).toMatchObject([
      { node: "n1", rows: 2, differences: 2, confirmed: 2, driftPer10000: 10_000 },
    ]);
    await nodeWentAndCame("n1");
    expect(await sweep()).toEqual({ complete: true, rows: 2, differences: 0 });
    const hour = 3_600_000;
    const span = { from: new Date(Date.now() - hour), to: new Date(Date.now() + hour) };
    const { points } = await readDriftSeries(worker, span);
    expect(points.map(({ reason, driftPer10000 }) => [reason, driftPer10000])).toEqual([
      ["rolling", 10_000],
      ["node_back", 0],
    ]);
  });

  it("sweeps a node when it is due: not again at once, at once when it came back, never while it is not up", async () => {
    expect(await sweep("n2")).toMatchObject({ complete: true });
    expect(await sweep("n2")).toBeNull();
    await nodeWentAndCame("n2");
    expect(await sweep("n2")).not.toBeNull();
    // What a gateway held in memory before it was started again is lost.
    await recordGateway(db.pool, GATEWAY_STARTED);
    expect(await sweep("n2")).not.toBeNull();
    expect(await sweep("n2")).toBeNull();
    await db.pool.query("update broker_nodes set state = 'silent', state_since = clock_timestamp() where name = 'n2'");
    expect(await sweep("n2")).toBeNull();
  });

  it("takes a list that is shorter than the node's own count for incomplete, and doubts nothing it leaves out", async () => {
    const clientIds = await Promise.all(Array.from({ length: 4 }, stored));
    await Promise.all(clientIds.map(online));
    await nodeWentAndCame("n1");
    await db.pool.query("delete from presence_doubts");
    const forgetful = { ...vernemq, listSessions: () => Promise.resolve([]) };
    expect(await sweep("n1", forgetful)).toEqual({ complete: false, rows: 0, differences: 0 });
    expect(await Promise.all(clientIds.map(doubtOf))).toEqual([null, null, null, null]);
  });
});
