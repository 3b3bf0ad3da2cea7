import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { recordedOrder } from "./fixtures";
import { startTestCluster, type NodeName, type TestCluster } from "./test-cluster";
import { until } from "./until";

// 72 s pass in 0.9 s.
const TIME_SCALE = 80;

let broker: TestCluster;
afterEach(() => broker.close());

const orderOf = (clientId: string): string[] =>
  broker.hooks.callsOf(clientId).map(({ node, hook }) => `${node}:${hook}`);
const codeOf = (connecting: Promise<MqttClient>): Promise<number | string> =>
  connecting.then(
    () => 0,
    (error: Error & { code?: number }) => error.code ?? error.message,
  );
const ROUND_TRIPS = 20;
/** "waiting" while the other has not settled in the time a healthy node answers many times over. */
const soon = <T>(promise: Promise<T>): Promise<T | "waiting"> => Promise.race([promise, healthyRoundTrips()]);
async function healthyRoundTrips(): Promise<"waiting"> {
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) await (await broker.get("n1", "/metrics")).text();
  return "waiting";
}
const metric = async (node: NodeName, name: string): Promise<number> => {
  const lines = (await (await broker.get(node, "/metrics")).text()).split("\n");
  return Number(
    lines
      .find((line) => line.startsWith(`vernemq_${name}{`))
      ?.split(" ")
      .at(-1),
  );
};

describe("a frozen node", () => {
  beforeEach(async () => {
    broker = await startTestCluster({ nodes: 3, timeScale: TIME_SCALE });
  });

  test("lets others' CONNECTs, /status.json and session/show wait until it is noticed after 72 s, while /metrics answers", async () => {
    await broker.connect("n2", { clientId: "fz-idle", username: "t" });
    const frozenAt = performance.now();
    await broker.control("POST /nodes/n2/freeze");
    const connecting = codeOf(broker.connect("n1", { clientId: "fz-new", username: "t" }));
    const status = broker.get("n1", "/status.json");
    const shown = broker.get("n1", "/api/v1/session/show");
    const asked = broker.get("n1", "/api/v2/client?client_id=fz-idle");
    const all = await Promise.all([connecting, status, shown, asked].map((waiting) => soon<unknown>(waiting)));
    expect(all).toEqual(["waiting", "waiting", "waiting", "waiting"]);
    expect((await broker.get("n1", "/metrics")).status).toBe(200);
    expect((await broker.get("n1", "/health")).status).toBe(200);
    const table = (await (await broker.get("n1", "/api/v1/cluster/show")).json()) as { table: { Running: boolean }[] };
    expect(table.table.every(({ Running }) => Running)).toBe(true);
    expect(await soon(broker.get("n2", "/metrics"))).toBe("waiting");
    expect((await broker.control("GET /")).state.nodes[1]).toMatchObject({ name: "n2", state: "frozen" });

    expect(await connecting).toBe(3);
    expect((performance.now() - frozenAt) * TIME_SCALE).toBeGreaterThanOrEqual(71_900);
    expect(orderOf("fz-new")).toEqual(["n1:auth_on_register"]);
    expect(Object.keys(((await (await status).json()) as object[])[0] ?? {})).toEqual(["n1@127.0.0.1", "n3@127.0.0.1"]);
    expect(await (await shown).json()).toEqual({ table: [], type: "table" });
    expect(await (await asked).json()).toEqual({ status: "unknown" });
    expect(await metric("n1", "netsplit_detected")).toBe(1);
    await broker.control("POST /nodes/n2/thaw");
    expect(await metric("n1", "netsplit_resolved")).toBe(1);
    expect((await broker.get("n2", "/metrics")).status).toBe(200);
  });

  test("thawed, tells late the endings of clients long online elsewhere, as recorded, and keeps who stayed", async () => {
    const persist = { clientId: "fz-persist", clean: false, username: "t" };
    const clean = { clientId: "fz-clean", username: "t" };
    const first = await broker.connect("n2", persist);
    await first.subscribeAsync("fz/x", { qos: 1 });
    const second = await broker.connect("n2", clean);
    const idle = await broker.connect("n2", { clientId: "fz-idle", username: "t" });
    await broker.control("POST /nodes/n2/freeze");
    // Those that waited are refused when the freeze is noticed; the persistent session has moved by then.
    const waited = [codeOf(broker.connect("n1", persist)), codeOf(broker.connect("n1", clean))];
    expect(await Promise.all(waited)).toEqual(["closed", 3]);
    let isPresent = false;
    const again = broker.connectLater("n1", persist);
    again.on("connect", ({ sessionPresent }) => {
      isPresent = sessionPresent;
    });
    await until("persistent again", () => again.connected);
    expect(isPresent).toBe(true);
    await broker.connect("n1", clean);
    expect([first.connected, second.connected]).toEqual([true, true]);

    await broker.control("POST /nodes/n2/thaw");
    await until("the old sockets are closed", () => !first.connected && !second.connected);
    for (const clientId of ["fz-persist", "fz-clean"]) {
      const recorded = recordedOrder("freeze-node2", clientId).slice(0, -1);
      await until("the late ending", () => orderOf(clientId).length >= recorded.length);
      expect(orderOf(clientId)).toEqual(recorded);
    }
    expect(idle.connected).toBe(true);
    await idle.publishAsync("fz/x", "still here", { qos: 1 });
    const shown = (await (await broker.get("n3", "/api/v1/session/show?--client_id&--node")).json()) as {
      table: { client_id: string; node: string }[];
    };
    expect(Object.fromEntries(shown.table.map(({ client_id, node }) => [client_id, node]))).toEqual({
      "fz-persist": "n1@127.0.0.1",
      "fz-clean": "n1@127.0.0.1",
      "fz-idle": "n2@127.0.0.1",
    });
  });

  test("thawed before it is noticed, goes on as though nothing was, and so do those who waited", async () => {
    const client = await broker.connect("n2", { clientId: "c", username: "t" });
    const received: string[] = [];
    await client.subscribeAsync("late", { qos: 1 });
    client.on("message", (topicName) => received.push(topicName));
    await broker.control("POST /nodes/n2/freeze");
    const connecting = broker.connect("n1", { clientId: "waits", username: "t" });
    const publisher = client.publishAsync("late", "own", { qos: 1 });
    expect(await soon(publisher)).toBe("waiting");
    await broker.control("POST /nodes/n2/thaw");
    await connecting;
    await publisher;
    await until("the message", () => received.length === 1);
    expect(await metric("n1", "netsplit_detected")).toBe(0);
  });
});

test("a node killed while it is frozen is down at once, and nothing of it comes late", async () => {
  broker = await startTestCluster({ nodes: 3, timeScale: TIME_SCALE });
  const client = await broker.connect("n2", { clientId: "c", username: "t" });
  await broker.control("POST /nodes/n2/freeze");
  client.publish("t", "x", { qos: 1 });
  const waiting = broker.connect("n1", { clientId: "other", username: "t" });
  expect(await soon(waiting.catch(() => "refused"))).toBe("waiting");
  await broker.control("POST /nodes/n2/kill");
  await expect(waiting).rejects.toMatchObject({ code: 3 });
  await until("cut", () => !client.connected);
  const told = broker.hooks.calls.length;
  await broker.control("POST /nodes/n2/start");
  await broker.connect("n2", { clientId: "c", username: "t" });
  expect(orderOf("c").slice(3)).toEqual(["n2:auth_on_register", "n2:on_client_wakeup", "n2:on_register"]);
  expect(broker.hooks.calls.length).toBe(told + 3);
});

describe("a node that is stopped", () => {
  test("closes its clients without a hook or a will, and others are told it is down", async () => {
    broker = await startTestCluster({ nodes: 3 });
    const will = { topic: "will/gs", payload: Buffer.from("x"), qos: 1 as const, retain: false };
    const clean = await broker.connect("n3", { clientId: "gs-clean", username: "t", will });
    const persistent = await broker.connect("n3", { clientId: "gs-persist", clean: false, username: "t", will });
    await persistent.subscribeAsync("gs/p", { qos: 1 });
    await broker.control("POST /nodes/n3/stop");
    await until("closed", () => !clean.connected && !persistent.connected);
    const { state } = await broker.control("GET /");
    expect(state.nodes[2]).toMatchObject({ state: "down", ended: "stopped" });
    expect(await metric("n1", "netsplit_detected")).toBe(1);
    expect((await (await broker.get("n1", "/health/listeners_full_cluster")).json()) as object).toEqual({
      status: "DOWN",
      reasons: ["At least one node is offline"],
    });
    for (const clientId of ["gs-clean", "gs-persist"])
      expect(orderOf(clientId)).toEqual(recordedOrder("graceful-stop", clientId));
    await broker.control("POST /nodes/n3/start");
    const again = broker.connectLater("n3", { clientId: "gs-persist", clean: false, username: "t" });
    await until("it is back with its session", () => again.connected);
  });
});

describe("a slow node", () => {
  test("answers late, and its rows are missing where a row has less time", async () => {
    broker = await startTestCluster();
    await broker.connect("n1", { clientId: "here", username: "t" });
    expect((await broker.control("POST /nodes/n1/slow", { latencyMs: 150 })).state.nodes[0]).toMatchObject({
      latencyMs: 150,
    });
    const rows = async (query: string): Promise<number> =>
      ((await (await broker.get("n2", `/api/v1/session/show${query}`)).json()) as { table: unknown[] }).table.length;
    expect(await rows("")).toBe(0);
    expect(await rows("?--rowtimeout=5000")).toBe(1);
    const startedAt = performance.now();
    await broker.get("n1", "/metrics");
    expect(performance.now() - startedAt).toBeGreaterThan(140);
    await broker.control("POST /nodes/n1/slow", { latencyMs: 0 });
    expect(await rows("")).toBe(1);
  });

  test("a client that leaves before its CONNECT is read is nobody's, and harms nobody", async () => {
    broker = await startTestCluster();
    await broker.control("POST /nodes/n1/slow", { latencyMs: 100 });
    const client = broker.connectLater("n1", { clientId: "brief", username: "t" });
    await until("it is open", () => client.stream && broker.cluster.find("n1")?.run?.openSockets("mqtt") === 1);
    client.end(true);
    await until("it is closed", () => broker.cluster.find("n1")?.run?.openSockets("mqtt") === 0);
    await broker.connect("n1", { clientId: "after", username: "t" });
    expect(orderOf("brief")).toEqual([]);
  });
});
