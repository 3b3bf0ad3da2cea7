import { afterEach, describe, expect, it, vi } from "vitest";
import { listNodes } from "@/lib/cluster/list-nodes";
import { createLog } from "@/lib/log/log";
import { API_KEY, startTestCluster, type NodeName, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { startClusterWatch, type ClusterWatch } from "./cluster-watch";

const { db } = await testDatabase();
const PERIODS = { lookMs: 100, sampleMs: 200, timeoutMs: 500, retryMs: 50, viewMs: 100 };
const LIMIT = { timeout: 10_000, interval: 20 };
const ctx = testContext(db, { role: "oncall" });
let broker: TestCluster | null = null;
let watch: ClusterWatch | null = null;

afterEach(async () => {
  await watch?.close();
  await broker?.close();
  await db.pool.query("truncate broker_nodes, node_views, node_splits, series_samples restart identity");
});

async function watched(names: readonly NodeName[] = ["n1", "n2", "n3"]): Promise<TestCluster> {
  const started = await startTestCluster({ nodes: 3 });
  broker = started;
  startWatch(started, names);
  await vi.waitFor(async () => expect(await seen()).toEqual(names.map((name) => `${name} up`)), LIMIT);
  return started;
}

function startWatch(started: TestCluster, names: readonly NodeName[]): void {
  const nodes = names.map((name) => ({
    name,
    role: "subscriber" as const,
    adminUrl: `http://127.0.0.1:${started.node(name).httpPort}`,
  }));
  watch = startClusterWatch({ nodes, brokerApiKey: API_KEY, db, log: createLog("test", "silent"), periods: PERIODS });
}

const seen = async (): Promise<string[]> =>
  (await listNodes(ctx, {})).nodes.map(
    (node) => `${node.name} ${node.state}${node.split ? `, away from ${node.split.awayFrom.join(" ")}` : ""}`,
  );
const becomes = (...expected: string[]) => vi.waitFor(async () => expect(await seen()).toEqual(expected), LIMIT);

describe("how the nodes see their cluster", () => {
  it("shows both sides of a split with since, keeps it over a restart of the worker, and ends it when it heals", async () => {
    const { control } = await watched();
    await control("POST /netsplit", { groups: [["n1"], ["n2", "n3"]] });
    await becomes("n1 up, away from n2 n3", "n2 up, away from n1", "n3 up, away from n1");
    const since = (await listNodes(ctx, {})).nodes[0]?.split?.since;
    await watch?.close();
    if (broker) startWatch(broker, ["n1", "n2", "n3"]);
    const { rows: before } = await db.pool.query<{ at: Date }>("select max(peers_at) as at from node_views");
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query<{ at: Date }>("select min(peers_at) as at from node_views");
      expect(rows[0]?.at.getTime()).toBeGreaterThan((before[0]?.at.getTime() ?? 0) + 300);
    }, LIMIT);
    expect((await listNodes(ctx, {})).nodes[0]?.split?.since).toBe(since);
    await control("DELETE /netsplit");
    await becomes("n1 up", "n2 up", "n3 up");
    const { rows } = await db.pool.query("select from node_splits where ended_at is not null");
    expect(rows).toHaveLength(3);
  });

  it("does not call a killed node split, nor the others", async () => {
    const { control } = await watched();
    await control("POST /nodes/n2/kill");
    await becomes("n1 up", "n2 down", "n3 up");
    expect((await db.pool.query("select from node_splits")).rowCount).toBe(0);
  });

  it("names a node of the cluster that nobody configured, and knows the others by the broker's own names", async () => {
    const { cluster } = await watched(["n1", "n3"]);
    const label = (name: string) => cluster.nodes.find((node) => node.config.name === name)?.label;
    await vi.waitFor(async () => {
      const { membership, nodes } = await listNodes(ctx, {});
      expect(nodes.map((node) => node.brokerName)).toEqual([label("n1"), label("n3")]);
      expect(membership).toEqual({ notConfigured: [label("n2")], notInCluster: [] });
    }, LIMIT);
  });

  it("keeps where each node listens", async () => {
    const { node } = await watched();
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query<{ listeners: { type: string; port: number }[] }>(
        "select listeners from node_views join broker_nodes using (node_id) where name = 'n1'",
      );
      expect(rows[0]?.listeners).toContainEqual(
        expect.objectContaining({ type: "mqtt", status: "running", port: node("n1").mqttPort, connections: 0 }),
      );
    }, LIMIT);
  });
});
