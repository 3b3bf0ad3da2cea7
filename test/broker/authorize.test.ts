import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NOT_ALLOWED, OK, type HookReply } from "./hook-receiver";
import { startTestCluster, type TestCluster } from "./test-cluster";
import { until } from "./until";

let broker: TestCluster;
beforeEach(async () => {
  broker = await startTestCluster();
});
afterEach(() => broker.close());

const only = (hook: string, reply: HookReply): void =>
  broker.hooks.answer((call) => (call.hook === hook ? reply : undefined));
const hooksOf = (clientId: string): string[] => broker.hooks.callsOf(clientId).map(({ hook }) => hook);

/** Granted QoS of each filter in the packet's order; 128 is a denial; or "closed". */
async function subscribe(
  client: MqttClient,
  filters: Record<string, { qos: 0 | 1 | 2 }>,
): Promise<number[] | "closed"> {
  return new Promise((resolve) => {
    client.once("close", () => resolve("closed"));
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "suback") resolve(packet.granted as number[]);
    });
    client.subscribe(filters);
  });
}

/** "ok" when acknowledged, "closed" when the broker closed the connection. */
function publish(client: MqttClient, topicName: string): Promise<"ok" | "closed"> {
  return new Promise((resolve) => {
    client.once("close", () => resolve("closed"));
    client.publish(topicName, "x", { qos: 1 }, (error) => resolve(error ? "closed" : "ok"));
  });
}

const failures: [form: string, reply: HookReply][] = [
  ["next", { body: '{"result":"next"}' }],
  ["error", NOT_ALLOWED],
  ["another error", { body: '{"result":{"error":"some_reason"}}' }],
  ["not JSON", { body: "hello" }],
  ["500", { status: 500, body: '{"result":"ok"}' }],
  ["404", { status: 404, body: '{"result":"ok"}' }],
  ["a cut connection", { body: "", drop: true }],
];

describe("auth_on_subscribe", () => {
  const both = { "q/1": { qos: 1 as const }, "q/2": { qos: 0 as const } };

  test("is asked once a packet, topics in reverse order; the SUBACK is in the packet's order", async () => {
    const client = await broker.connect("n1", { clientId: "s", username: "t" });
    expect(await subscribe(client, both)).toEqual([1, 0]);
    const [asked, told] = broker.hooks.callsOf("s").slice(3);
    expect([asked?.hook, told?.hook]).toEqual(["auth_on_subscribe", "on_subscribe"]);
    expect(asked?.body.topics).toEqual([
      { topic: "q/2", qos: 0 },
      { topic: "q/1", qos: 1 },
    ]);
    expect(told?.raw).toBe(asked?.raw);
  });

  test.each(failures)("%s denies every topic and the connection stays", async (_form, reply) => {
    only("auth_on_subscribe", reply);
    const client = await broker.connect("n1", { clientId: "s", username: "t" });
    expect(await subscribe(client, both)).toEqual([128, 128]);
    expect(client.connected).toBe(true);
    expect(hooksOf("s")).not.toContain("on_subscribe");
  });

  test("JSON without a result closes the connection", async () => {
    only("auth_on_subscribe", { body: "{}" });
    const client = await broker.connect("n1", { clientId: "s", username: "t" });
    expect(await subscribe(client, both)).toBe("closed");
    await until("gone", () => hooksOf("s").at(-1) === "on_client_gone");
  });

  test("the answer is positional in the reversed order: one rewritten, one denied with 128", async () => {
    only("auth_on_subscribe", {
      body: '{"result":"ok","topics":[{"topic":"rewritten/1","qos":0},{"topic":"denied/1","qos":128}]}',
    });
    const client = await broker.connect("n1", { clientId: "modsub", username: "t" });
    expect(await subscribe(client, { "a/1": { qos: 1 }, "a/2": { qos: 2 } })).toEqual([128, 0]);
    expect(broker.hooks.callsOf("modsub").at(-1)?.body.topics).toEqual([
      { topic: "rewritten/1", qos: 0 },
      { topic: "denied/1", qos: 128 },
    ]);
    const received: string[] = [];
    client.on("message", (topicName) => received.push(topicName));
    const publisher = await broker.connect("n2", { clientId: "p", username: "t" });
    for (const topicName of ["denied/1", "a/1", "a/2", "rewritten/1"]) await publish(publisher, topicName);
    await until("the rewritten topic", () => received.length > 0);
    expect(received).toEqual(["rewritten/1"]);
  });

  test("an empty list of topics changes nothing", async () => {
    only("auth_on_subscribe", { body: '{"result":"ok","topics":[]}' });
    const client = await broker.connect("n1", { clientId: "s", username: "t" });
    expect(await subscribe(client, { "a/1": { qos: 1 }, "a/2": { qos: 2 } })).toEqual([1, 2]);
  });

  test("two SUBSCRIBE packets of one read are asked one after the other", async () => {
    const client = await broker.connect("n1", { clientId: "s", username: "t" });
    await Promise.all([client.subscribeAsync("a/1"), client.subscribeAsync("a/2")]);
    expect(hooksOf("s").slice(3)).toEqual(["auth_on_subscribe", "on_subscribe", "auth_on_subscribe", "on_subscribe"]);
  });
});

describe("auth_on_publish", () => {
  test.each([...failures, ["JSON without a result", { body: "{}" }] as const])(
    "%s disconnects the publisher, and nobody gets the message",
    async (_form, reply) => {
      const subscriber = await broker.connect("n2", { clientId: "s", username: "t" });
      await subscriber.subscribeAsync("q/#", { qos: 1 });
      const received: string[] = [];
      subscriber.on("message", (topicName) => received.push(topicName));
      broker.hooks.answer(({ hook, body }) => (hook === "auth_on_publish" && body.topic === "q/1" ? reply : undefined));
      const publisher = await broker.connect("n1", { clientId: "p", username: "t" });
      expect(await publish(publisher, "q/1")).toBe("closed");
      await until("gone", () => hooksOf("p").at(-1) === "on_client_gone");
      const other = await broker.connect("n1", { clientId: "p2", username: "t" });
      expect(await publish(other, "q/2")).toBe("ok");
      await until("the allowed one", () => received.length > 0);
      expect(received).toEqual(["q/2"]);
    },
  );

  test("modifiers change the topic, the payload and the retain flag", async () => {
    only("auth_on_publish", {
      body: JSON.stringify({
        result: "ok",
        modifiers: { topic: "re/pub", payload: "bmV3cGF5bG9hZA==", retain: false },
      }),
    });
    const client = await broker.connect("n1", { clientId: "m", username: "t" });
    await client.subscribeAsync("re/#");
    const received: string[] = [];
    client.on("message", (topicName, payload) => received.push(`${topicName}=${payload.toString()}`));
    expect(await publish(client, "a/9")).toBe("ok");
    await until("the rewritten one", () => received.length > 0);
    expect(received).toEqual(["re/pub=newpayload"]);
  });

  test("messages of one client are asked, acknowledged and delivered in order, however long each answer takes", async () => {
    const gates = new Map<string, () => void>();
    broker.hooks.answer(({ hook, body }) => {
      if (hook !== "auth_on_publish") return undefined;
      return { ...OK, after: new Promise<void>((resolve) => gates.set(String(body.topic), resolve)) };
    });
    const subscriber = await broker.connect("n2", { clientId: "s", username: "t" });
    await subscriber.subscribeAsync("o/#");
    const received: string[] = [];
    subscriber.on("message", (topicName) => received.push(topicName));
    const publisher = await broker.connect("n1", { clientId: "p", username: "t" });
    for (const topicName of ["o/1", "o/2", "o/3"]) publisher.publish(topicName, "x", { qos: 0 });
    for (const topicName of ["o/1", "o/2", "o/3"]) {
      const open = await until(`${topicName} is asked`, () => gates.get(topicName));
      expect(gates.size).toBe(Number(topicName.at(-1)));
      open();
    }
    await until("all", () => received.length === 3);
    expect(received).toEqual(["o/1", "o/2", "o/3"]);
  });

  test("a client that publishes, disconnects and leaves at once loses nothing and its will is not published", async () => {
    const subscriber = await broker.connect("n2", { clientId: "s", username: "t" });
    await subscriber.subscribeAsync("#", { qos: 1 });
    const received: string[] = [];
    subscriber.on("message", (topicName) => received.push(topicName));
    const publisher = await broker.connect("n1", {
      clientId: "brief",
      username: "t",
      will: { topic: "will", payload: Buffer.from("x"), qos: 1, retain: false },
    });
    for (let index = 0; index < 5; index += 1) publisher.publish(`fire/${index}`, "x", { qos: 0 });
    publisher.end();
    await until("gone", () => hooksOf("brief").at(-1) === "on_client_gone");
    await until("all five", () => received.length === 5);
    expect(received).toEqual(["fire/0", "fire/1", "fire/2", "fire/3", "fire/4"]);
  });

  test("a retained message reaches a later subscriber on another node", async () => {
    const publisher = await broker.connect("n2", { clientId: "p", username: "t" });
    await publisher.publishAsync("r/1", "state", { qos: 1, retain: true });
    const subscriber = await broker.connect("n1", { clientId: "s", username: "t" });
    const received: string[] = [];
    subscriber.on("message", (topicName, payload, { retain }) =>
      received.push(`${topicName}=${payload.toString()}:${retain}`),
    );
    await subscriber.subscribeAsync("r/+", { qos: 0 });
    await until("it", () => received.length > 0);
    expect(received).toEqual(["r/1=state:true"]);
  });

  test("the broker's own $SYS messages, which name clients, reach nobody", async () => {
    const spy = await broker.connect("n1", { clientId: "spy", username: "t" });
    const received: string[] = [];
    spy.on("message", (topicName) => received.push(topicName));
    await spy.subscribeAsync(["$SYS/#", "after"]);
    const other = await broker.connect("n1", { clientId: "other", username: "t" });
    await other.publishAsync("after", "x", { qos: 1 });
    await until("the message after", () => received.length > 0);
    expect(received).toEqual(["after"]);
  });
});
