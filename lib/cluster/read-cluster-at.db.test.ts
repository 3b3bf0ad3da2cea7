import { beforeEach, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode, testContext } from "@/test/factories";
import { readClusterAt } from "./read-cluster-at";
import { recordVersion } from "./record-node";
import { recordSamples } from "./record-samples";
import { rollUpMinutes } from "./roll-up";
import { SERIES_METRICS, type SeriesMetric } from "./schemas";

const { db } = await testDatabase();
const T = Date.parse("2026-11-20T10:00:00Z");
const MINUTE = 60_000;
const { nodeId: one } = await makeNode(db, { name: "sub-1", bootedAt: new Date(T - 86_400_000) });
const { nodeId: two } = await makeNode(db, { name: "sub-2", bootedAt: new Date(T - 86_400_000) });
await db.pool.query("update broker_nodes set evidence = 'answers'");

beforeEach(async () => {
  await db.pool.query("truncate series_samples, series_minutes, series_due, node_changes, node_splits, node_versions");
});

const row = (figures: Partial<Record<SeriesMetric, number>>) => SERIES_METRICS.map(({ name }) => figures[name] ?? null);
const at = (ms: number, ageMs = 3_600_000) =>
  readClusterAt(testContext(db, { role: "oncall" }, { now: new Date(T + ageMs) }), { at: new Date(ms) });

/** Ten minutes of two nodes up to T, 100 and 50 clients, of which sub-2 said nothing in the last four. */
async function tenMinutes(): Promise<void> {
  const samples = Array.from({ length: 120 }, (_, index) => {
    const when = T - 10 * MINUTE + index * 5_000 + 60;
    const values = (connections: number) =>
      row({ uptime_ms: when - T + 86_400_000, connections, sessions: connections + 5, publishes_received: index * 10 });
    return [
      { nodeId: one, at: new Date(when), values: values(100) },
      ...(index < 72 ? [{ nodeId: two, at: new Date(when), values: values(50) }] : []),
    ];
  }).flat();
  await recordSamples(db, samples, new Date(T));
  await db.pool.query(
    `insert into node_changes (node_id, at, from_state, to_state, evidence, booted_at)
     values ($1, $2, 'up', 'silent', 'no_answer', $4), ($1, $3, 'silent', 'up', 'answers', $4)`,
    [two, new Date(T - 4 * MINUTE + 4_000), new Date(T + MINUTE), new Date(T - 86_400_000)],
  );
}

const brief = (overview: Awaited<ReturnType<typeof at>>) => ({
  nodes: overview.nodes.map(
    (node) => `${node.name} ${node.state}: ${node.evidence} ${node.sample?.connections ?? "-"}`,
  ),
  online: overview.clients.online,
  messagesIn: overview.figures.find((figure) => figure.key === "messagesIn")?.value,
});

it("shows states and figures as they were, while both nodes were up and after one fell silent", async () => {
  await tenMinutes();
  expect(brief(await at(T - 6 * MINUTE))).toEqual({
    nodes: ["sub-1 up: answers 100", "sub-2 up: answers 50"],
    online: 150,
    messagesIn: 4,
  });
  const later = await at(T);
  expect(brief(later)).toEqual({
    nodes: ["sub-1 up: answers 100", "sub-2 silent: no_answer -"],
    online: 100,
    messagesIn: 2,
  });
  expect(later.nodes[1]?.since).toBe(new Date(T - 4 * MINUTE + 4_000).toISOString());
  expect(later.watch.status).toBe("watching");
});

it("shows the same from minutes, once samples are no longer kept", async () => {
  await tenMinutes();
  while ((await rollUpMinutes(db.pool)) > 0);
  await db.pool.query("truncate series_samples");
  expect(brief(await at(T - 6 * MINUTE, 10 * 86_400_000))).toEqual({
    nodes: ["sub-1 up: answers 100", "sub-2 up: answers 50"],
    online: 150,
    messagesIn: 4,
  });
});

it("shows a split of that time, and no figures where nothing was watched", async () => {
  await db.pool.query("insert into node_splits values ($1, $2, $3, '{sub-2}')", [
    one,
    new Date(T - 60_000),
    new Date(T + 60_000),
  ]);
  const overview = await at(T);
  expect(overview.nodes[0]?.split?.awayFrom).toEqual(["sub-2"]);
  expect(overview).toMatchObject({ sampledAt: null, watch: { status: "not_started" }, clients: { online: null } });
  expect((await at(T + 120_000)).nodes[0]?.split).toBeNull();
});

it("refuses the future, and what is older than minutes are kept", async () => {
  await expect(at(T + 1, 0)).rejects.toMatchObject({ code: "VALIDATION" });
  await expect(at(T, 31 * 86_400_000)).rejects.toMatchObject({
    code: "VALIDATION",
    message: expect.stringContaining("30 days"),
  });
});

it("shows the versions of then, and which node was apart, though all run the newest now", async () => {
  await tenMinutes();
  const versions = async (ms: number) =>
    (await at(ms)).nodes.map((node) => ({ version: node.version, isOther: node.hasOtherVersion }));
  const told = async (nodeId: number, version: string, when: number) => {
    await recordVersion(db.pool, { nodeId, version });
    await db.pool.query("update node_versions set since = $1 where node_id = $2 and version = $3", [
      new Date(when),
      nodeId,
      version,
    ]);
  };
  await told(one, "2.0.1", T - 9 * MINUTE);
  await told(two, "2.0.1", T - 9 * MINUTE);
  await told(one, "2.1.0", T - 8 * MINUTE);
  await told(two, "2.1.0", T - 6 * MINUTE);
  expect(await versions(T - 9.5 * MINUTE)).toEqual([
    { version: null, isOther: false },
    { version: null, isOther: false },
  ]);
  expect(await versions(T - 7 * MINUTE)).toEqual([
    { version: "2.1.0", isOther: false },
    { version: "2.0.1", isOther: true },
  ]);
  expect(await versions(T - 5 * MINUTE)).toEqual([
    { version: "2.1.0", isOther: false },
    { version: "2.1.0", isOther: false },
  ]);
});
