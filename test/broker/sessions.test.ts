import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFixture, recordedOrder } from "./fixtures";
import { OK } from "./hook-receiver";
import { startTestCluster, type TestCluster } from "./test-cluster";
import { until } from "./until";

let broker: TestCluster;
beforeEach(async () => {
  broker = await startTestCluster();
});
afterEach(() => broker.close());

type Node = "n1" | "n2";
const orderOf = (clientId: string): string[] =>
  broker.hooks.callsOf(clientId).map(({ node, hook }) => `${node}:${hook}`);
const will = { topic: "will/t", payload: Buffer.from("bye"), qos: 1 as const, retain: false };

/** Connects with a will and subscribes, as the recorded scenarios begin. */
async function begin(clientId: string, options: { clean: boolean; topic: string; node?: Node }): Promise<MqttClient> {
  const client = await broker.connect(options.node ?? "n1", {
    clientId,
    clean: options.clean,
    username: `token-${clientId}`,
    will,
  });
  await client.subscribeAsync(options.topic, { qos: 1 });
  return client;
}

describe("endings", () => {
  test("DISCONNECT of a persistent session is told offline, and its will is not published", async () => {
    const client = await begin("dp4", { clean: false, topic: "t/1" });
    await client.endAsync();
    const recorded = recordedOrder("disc-persist-v4", "dp4");
    await until("offline", () => orderOf("dp4").length >= recorded.length);
    expect(orderOf("dp4")).toEqual(recorded);
  });

  test.each([
    ["tcpkill-clean-v4", "kc4", true],
    ["tcpkill-persist-v4", "kp4", false],
  ])("a lost connection publishes the will, then tells the ending: %s", async (scenario, clientId, clean) => {
    const client = await begin(clientId, { clean, topic: "t/1" });
    client.stream.destroy();
    const recorded = recordedOrder(scenario, clientId);
    await until("the ending", () => orderOf(clientId).length >= recorded.length);
    expect(orderOf(clientId)).toEqual(recorded);
  });

  test("a client that falls silent is gone between 1.5 and 2.25 times its keep alive", async () => {
    const startedAt = performance.now();
    const client = await broker.connect("n1", {
      clientId: "kac4",
      username: "t",
      keepalive: 2,
      reschedulePings: false,
    });
    // A client that never pings.
    client.keepaliveManager?.destroy();
    const recorded = recordedOrder("keepalive-clean-v4", "kac4");
    await until("gone", () => orderOf("kac4").length >= recorded.length, 6_000);
    expect(orderOf("kac4")).toEqual(recorded);
    const seconds = (performance.now() - startedAt) / 1_000;
    expect(seconds).toBeGreaterThan(2.9);
    expect(seconds).toBeLessThan(4.6);
    const metrics = await (await broker.get("n1", "/metrics")).text();
    expect(metrics).toContain('vernemq_client_keepalive_expired{node="n1@127.0.0.1",mqtt_version="4"} 1');
  });

  test("a clean connect over an offline persistent session calls only the new session's hooks, and over an online one tells it gone", async () => {
    const first = await broker.connect("n1", { clientId: "cap4", clean: false, username: "t" });
    await first.subscribeAsync("cap", { qos: 1 });
    await first.endAsync();
    await until("offline", () => orderOf("cap4").at(-1) === "n1:on_client_offline");
    const second = await broker.connect("n1", { clientId: "cap4", clean: true, username: "t" });
    await second.endAsync();
    await until("gone", () => orderOf("cap4").at(-1) === "n1:on_client_gone");
    const third = await broker.connect("n1", { clientId: "cap4", clean: false, username: "t" });
    await third.subscribeAsync("cap", { qos: 1 });
    const fourth = await broker.connect("n1", { clientId: "cap4", clean: true, username: "t" });
    await fourth.endAsync();
    const recorded = recordedOrder("clean-after-persist-v4", "cap4");
    await until("the last ending", () => orderOf("cap4").length >= recorded.length);
    expect(orderOf("cap4")).toEqual(recorded);
  });
});

describe("take-overs", () => {
  const cases: [scenario: string, clean: boolean, to: Node][] = [
    ["takeover-clean-same-v4", true, "n1"],
    ["takeover-clean-cross-v4", true, "n2"],
    ["takeover-persist-same-v4", false, "n1"],
    ["takeover-persist-cross-v4", false, "n2"],
  ];
  test.each(cases)("%s: an order VerneMQ was seen to use, every time", async (scenario, clean, to) => {
    const allowed = allowedOrders(clean, to);
    for (let round = 0; round < 10; round += 1) {
      const clientId = `${scenario}-${round}`;
      await begin(clientId, { clean, topic: "t/9" });
      const before = orderOf(clientId).length;
      const second = await broker.connect(to, { clientId, clean, username: "t", will });
      const order = orderOf(clientId)
        .slice(before)
        .filter((call) => !call.endsWith("_publish"))
        .map((call) => call.replace("on_client_", ""));
      expect(allowed).toContain(order.join(" > "));
      await second.endAsync();
    }
  });

  test("the will of the session taken over is told before its ending", async () => {
    await begin("topersist114", { clean: false, topic: "t/9" });
    const second = await broker.connect("n1", { clientId: "topersist114", clean: false, username: "t", will });
    await second.endAsync();
    const recorded = recordedOrder("takeover-persist-same-v4", "topersist114");
    await until("the last ending", () => orderOf("topersist114").length >= recorded.length);
    expect(orderOf("topersist114").toSorted()).toEqual(recorded.toSorted());
    const order = orderOf("topersist114");
    expect(order.indexOf("n1:on_publish")).toBeLessThan(order.indexOf("n1:on_client_offline"));
  });

  test("the CONNECT whose auth finishes last has the client identifier", async () => {
    let release = (): void => {};
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    broker.hooks.answer(({ hook }) => {
      if (hook !== "auth_on_register") return undefined;
      asked += 1;
      return asked === 1 ? { ...OK, after } : undefined;
    });
    const slow = broker.connect("n1", { clientId: "dbl", username: "t" });
    await until("the first auth", () => asked === 1);
    const fast = await broker.connect("n1", { clientId: "dbl", username: "t" });
    release();
    const winner = await slow;
    await until("the other is closed", () => !fast.connected);
    expect(winner.connected).toBe(true);
    await winner.endAsync();
    const recorded = recordedOrder("double-connect-slow-auth", "dbl");
    await until("the last ending", () => orderOf("dbl").length >= recorded.length);
    expect(orderOf("dbl")).toEqual(recorded);
  });

  test("twenty CONNECTs at once with one identifier leave one session, and every other one is told offline", async () => {
    const clients = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        broker.connect(index % 2 === 0 ? "n1" : "n2", { clientId: "crowd", clean: false, username: "t" }),
      ),
    );
    await until(
      "one is left",
      () => clients.filter((result) => result.status === "fulfilled" && result.value.connected).length === 1,
    );
    const count = (hook: string): number => orderOf("crowd").filter((call) => call.endsWith(hook)).length;
    await until("19 endings", () => count("on_client_offline") === 19);
    expect([count("on_client_wakeup"), count(":on_register")]).toEqual([20, 20]);
    const shown = await (await broker.get("n1", "/api/v1/session/show?--client_id=crowd&--is_online")).json();
    expect(shown).toEqual({ table: [{ is_online: true }], type: "table" });
  });
});

describe("persistent sessions", () => {
  test("messages wait for an offline client on whatever node, with their own QoS, and come in order", async () => {
    const first = await broker.connect("n1", { clientId: "kp4", clean: false, username: "t" });
    await first.subscribeAsync("q/+", { qos: 1 });
    await first.endAsync();
    await until("offline", () => orderOf("kp4").at(-1) === "n1:on_client_offline");
    const publisher = await broker.connect("n2", { clientId: "pubr4", username: "t" });
    await publisher.publishAsync("q/1", "off0", { qos: 0 });
    await publisher.publishAsync("q/1", "off1", { qos: 1 });
    await publisher.publishAsync("q/1", "off2", { qos: 2, retain: true });
    const received: string[] = [];
    const again = await connectAndCollect("n2", "kp4", received);
    await until("both", () => received.length === 2);
    expect(received).toEqual(["q/1:off1:q1:false", "q/1:off2:q2:false"]);
    await publisher.publishAsync("q/1", "live", { qos: 2 });
    await until("the live one", () => received.at(-1) === "q/1:live:q1:false");
    expect(again.connected).toBe(true);
  });

  test("the offline queue keeps the oldest 1 000 and counts what it drops", async () => {
    const first = await broker.connect("n1", { clientId: "ovf", clean: false, username: "t" });
    await first.subscribeAsync("ovf/t", { qos: 1 });
    await first.endAsync();
    await until("offline", () => orderOf("ovf").at(-1) === "n1:on_client_offline");
    broker.hooks.answer(() => ({ ...OK, headers: { "cache-control": "max-age=60" } }));
    const publisher = await broker.connect("n1", { clientId: "ovfpub", username: "t" });
    await Promise.all(
      Array.from({ length: 1_100 }, (_, index) => publisher.publishAsync("ovf/t", `m${index}`, { qos: 1 })),
    );
    await until("the drops are counted", async () => {
      const metrics = await (await broker.get("n1", "/metrics")).text();
      return metrics.includes('vernemq_queue_message_drop{node="n1@127.0.0.1"} 100\n');
    });
    const shown = await (await broker.get("n1", "/api/v1/session/show?--client_id=ovf&--offline_messages")).json();
    expect(shown).toEqual({ table: [{ offline_messages: 1_000 }], type: "table" });
    const received: string[] = [];
    await connectAndCollect("n1", "ovf", received);
    await until("all of them", () => received.length === 1_000);
    expect([received[0], received.at(-1)]).toEqual(["ovf/t:m0:q1:false", "ovf/t:m999:q1:false"]);
  });

  test("a denied subscription gets nothing, also not while its client is offline", async () => {
    broker.hooks.answer(({ hook, body }) =>
      hook === "auth_on_subscribe"
        ? {
            body: JSON.stringify({
              result: "ok",
              topics: (body.topics as { topic: string; qos: number }[]).map(({ topic, qos }) => ({
                topic,
                qos: topic === "denied" ? 128 : qos,
              })),
            }),
          }
        : undefined,
    );
    const first = await broker.connect("n1", { clientId: "half", clean: false, username: "t" });
    const granted = await first.subscribeAsync({ allowed: { qos: 1 }, denied: { qos: 1 } }).catch(() => null);
    expect(granted).toBeNull();
    await first.endAsync();
    await until("offline", () => orderOf("half").at(-1) === "n1:on_client_offline");
    const publisher = await broker.connect("n1", { clientId: "p", username: "t" });
    await publisher.publishAsync("denied", "no", { qos: 1 });
    await publisher.publishAsync("allowed", "yes", { qos: 1 });
    const received: string[] = [];
    await connectAndCollect("n1", "half", received);
    await until("the allowed one", () => received.length > 0);
    await publisher.publishAsync("denied", "no", { qos: 1 });
    await publisher.publishAsync("allowed", "live", { qos: 1 });
    await until("the live one", () => received.at(-1)?.includes("live"));
    expect(received).toEqual(["allowed:yes:q1:false", "allowed:live:q1:false"]);
  });

  /** Reconnects persistently, collecting from the first packet on. */
  async function connectAndCollect(node: Node, clientId: string, received: string[]): Promise<MqttClient> {
    const mqttClient = broker.connectLater(node, { clientId, clean: false, username: "t" });
    mqttClient.on("message", (topicName, payload, { qos, retain }) => {
      received.push(`${topicName}:${payload.toString()}:q${qos}:${retain}`);
    });
    await until(`${clientId} is connected`, () => mqttClient.connected);
    return mqttClient;
  }
});

/** Orders of one take-over as counted on the real cluster, e.g. "n1:auth_on_register > n1:gone > …". */
function allowedOrders(clean: boolean, to: Node): string[] {
  const lines = readFixture("takeover-order-stats.txt").split("\n");
  const title = `v4 ${clean ? "clean" : "persist"} node1->node${to.at(-1)}:`;
  const from = lines.findIndex((line) => line.startsWith(title));
  const orders: string[] = [];
  for (const line of lines.slice(from + 1)) {
    if (/^v\d/.test(line)) break;
    const order = /'([^']+)'/.exec(line)?.[1];
    if (order) orders.push(order);
  }
  return orders;
}
