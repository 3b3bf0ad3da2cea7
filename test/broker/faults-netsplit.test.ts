import type { MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { startTestCluster, type NodeName, type TestCluster } from "./test-cluster";
import { until } from "./until";

const NOTHING_ALLOWED = { register: false, publish: false, subscribe: false, unsubscribe: false };
const GROUPS = { groups: [["n1"], ["n2", "n3"]] };

let broker: TestCluster;
afterEach(() => broker.close());

const orderOf = (clientId: string): string[] =>
  broker.hooks.callsOf(clientId).map(({ node, hook }) => `${node}:${hook}`);
const metric = async (node: NodeName, series: string): Promise<number> => {
  const lines = (await (await broker.get(node, "/metrics")).text()).split("\n");
  return Number(
    lines
      .find((line) => line.startsWith(`vernemq_${series}`))
      ?.split(" ")
      .at(-1),
  );
};
const shown = async (node: NodeName): Promise<unknown[]> => {
  const answer = await broker.get(node, "/api/v1/session/show?--client_id&--node&--is_online");
  const { table } = (await answer.json()) as { table: { client_id: string; node: string; is_online: boolean }[] };
  return table.map(({ client_id, node, is_online }) => `${client_id}@${node.slice(0, 2)}:${is_online}`).toSorted();
};
/** Granted QoS of one filter. */
const subscribe = (client: MqttClient, topicFilter: string): Promise<number> =>
  new Promise((resolve) => {
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "suback") resolve(Number(packet.granted[0]));
    });
    client.subscribe(topicFilter, { qos: 1 });
  });

describe("without allow_…_during_netsplit", () => {
  test("CONNECT is CONNACK 3 after its auth, SUBSCRIBE 128, a publish gets no PUBACK, until it heals", async () => {
    broker = await startTestCluster({ nodes: 3, netsplitRules: { ...NOTHING_ALLOWED } });
    const client = await broker.connect("n1", { clientId: "watcher", username: "t" });
    await client.subscribeAsync("kept", { qos: 1 });
    const { state } = await broker.control("POST /netsplit", GROUPS);
    expect(state.netsplit).toEqual([["n1"], ["n2", "n3"]]);
    expect(state.nodes[0]).toMatchObject({ sees: { n1: "up", n2: "down", n3: "down" } });
    for (const node of ["n1", "n2"] as const)
      await expect(broker.connect(node, { clientId: "new", username: "t" })).rejects.toMatchObject({ code: 3 });
    expect(orderOf("new")).toEqual(["n1:auth_on_register", "n2:auth_on_register"]);

    const told = orderOf("watcher").length;
    expect(await subscribe(client, "more")).toBe(128);
    const outcomes: string[] = [];
    client.publish("kept", "x", { qos: 1 }, () => outcomes.push("acknowledged"));
    client.unsubscribe("kept", () => outcomes.push("unsubscribed"));
    await until("the three are counted", async () => (await metric("n1", "mqtt_unsubscribe_error")) === 1);
    expect(orderOf("watcher").slice(told)).toEqual(["n1:auth_on_subscribe", "n1:auth_on_publish", "n1:on_unsubscribe"]);
    expect([await metric("n1", "mqtt_publish_error"), await metric("n1", "mqtt_subscribe_error")]).toEqual([1, 1]);
    expect([outcomes, client.connected]).toEqual([[], true]);
    expect(await metric("n1", "netsplit_detected")).toBe(2);
    expect(await metric("n2", "netsplit_detected")).toBe(1);

    await broker.control("DELETE /netsplit");
    expect(await metric("n1", "netsplit_resolved")).toBe(2);
    await broker.connect("n2", { clientId: "new", username: "t" });
    expect(await subscribe(client, "after")).toBe(1);
  });

  test("one node down is a netsplit for all others", async () => {
    broker = await startTestCluster({ nodes: 3, netsplitRules: { ...NOTHING_ALLOWED } });
    await broker.control("POST /nodes/n2/kill");
    await expect(broker.connect("n1", { clientId: "c", username: "t" })).rejects.toMatchObject({ code: 3 });
    const { state } = await broker.control("PUT /netsplit/allow", { register: true });
    expect(state.allowDuringNetsplit).toEqual({ ...NOTHING_ALLOWED, register: true });
    await broker.connect("n1", { clientId: "c", username: "t" });
  });
});

describe("with allow_…_during_netsplit", () => {
  test("a client is on both sides, each of which knows its own; healed, the older session is told to end", async () => {
    broker = await startTestCluster({ nodes: 3, timeScale: 50 });
    const first = await broker.connect("n1", { clientId: "both", username: "t" });
    await broker.control("POST /netsplit", GROUPS);
    const second = await broker.connect("n2", { clientId: "both", username: "t" });
    expect(await shown("n1")).toEqual(["both@n1:true"]);
    expect(await shown("n3")).toEqual(["both@n2:true"]);
    expect([first.connected, second.connected]).toEqual([true, true]);
    await broker.control("DELETE /netsplit");
    await until("the older is closed", () => !first.connected);
    await until("and told", () => orderOf("both").at(-1) === "n1:on_client_gone");
    expect(second.connected).toBe(true);
    expect(await shown("n1")).toEqual(["both@n2:true"]);
    expect(orderOf("both").filter((call) => call.endsWith("gone"))).toEqual(["n1:on_client_gone"]);
  });

  test("a client whose other session ended meanwhile keeps the one it has", async () => {
    broker = await startTestCluster({ nodes: 3, timeScale: 50 });
    const first = await broker.connect("n1", { clientId: "both", username: "t" });
    await first.subscribeAsync("x", { qos: 1 });
    await broker.control("POST /netsplit", GROUPS);
    const second = await broker.connect("n2", { clientId: "both", username: "t" });
    await second.endAsync();
    await until("gone", () => orderOf("both").at(-1) === "n2:on_client_gone");
    await broker.control("DELETE /netsplit");
    expect(await shown("n3")).toEqual(["both@n1:true"]);
    const third = await broker.connect("n3", { clientId: "both", username: "t" });
    await until("taken over", () => !first.connected);
    expect(third.connected).toBe(true);
  });

  test("messages wait at the split, 10 kB a link, and come when it heals", async () => {
    broker = await startTestCluster({ nodes: 3 });
    const online = await broker.connect("n2", { clientId: "online", username: "t" });
    await online.subscribeAsync("m/+", { qos: 1 });
    const queued = await broker.connect("n2", { clientId: "queued", clean: false, username: "t" });
    await queued.subscribeAsync("m/+", { qos: 1 });
    await queued.endAsync();
    await until("offline", () => orderOf("queued").at(-1) === "n2:on_client_offline");
    const received: string[] = [];
    online.on("message", (topicName) => received.push(topicName));
    const publisher = await broker.connect("n1", { clientId: "p", username: "t" });
    await broker.control("POST /netsplit", GROUPS);
    await publisher.publishAsync("m/0", "x", { qos: 0 });
    await publisher.publishAsync("m/1", "x", { qos: 1 });
    await publisher.publishAsync("m/2", Buffer.alloc(20_000), { qos: 1 });
    expect(received).toEqual([]);
    await broker.control("DELETE /netsplit");
    await until("both", () => received.length >= 2);
    expect(received).toEqual(["m/0", "m/1"]);
    expect(await metric("n1", "cluster_bytes_dropped")).toBeGreaterThan(20_000);
    const answer = await broker.get("n1", "/api/v1/session/show?--client_id=queued&--offline_messages");
    expect(await answer.json()).toEqual({ table: [{ offline_messages: 1 }], type: "table" });
  });
});
