import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import type { Qos } from "@/lib/mqtt/qos";
import type { OutboxMessage } from "@/lib/publish/outbox-rows";
import { startBareBroker, type BareBroker } from "@/test/bare-broker";
import { connectNodes } from "./node-connections";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** `count` brokers, a sender connected to all of them, and what the brokers took to pass on. */
async function startNodes(count: number, connections = 1) {
  const brokers: BareBroker[] = [];
  const taken: string[] = [];
  for (let i = 0; i < count; i++) {
    const broker = await startBareBroker();
    brokers.push(broker);
    closing.push(broker.close);
    broker.aedes.on("publish", (packet, client) => {
      if (client) taken.push(String(packet.payload));
    });
  }
  const sender = connectNodes({
    nodes: brokers.map((broker, i) => ({ name: `pub-${i}`, mqttUrl: broker.url })),
    connections,
    session: { instance: "test", username: "u", password: "p" },
    log: createLog("test", "silent"),
    nowMs: () => performance.now(),
    onChange: () => undefined,
  });
  closing.push(sender.close);
  const allUp = () => sender.problems().every(({ problem }) => problem === null);
  await expect.poll(allUp, { timeout: 5_000 }).toBe(true);
  return { brokers, taken, sender, allUp };
}

const message = (payload: string, topicName: string, qos: Qos = 1): OutboxMessage => ({
  messageId: randomUUID(),
  lane: 0,
  topicName,
  qos,
  retain: false,
  payload: Buffer.from(payload),
  contentType: null,
  userProperties: null,
  expiresAtMs: null,
  seq: 1,
  dup: false,
});

test("topics are spread over the nodes, and each topic keeps to one node", async () => {
  const { sender } = await startNodes(2);
  const nodeOf = async (topicName: string) => (await sender.send(message("x", topicName))).node;
  const topics = Array.from({ length: 20 }, (_, i) => `orders/${i}`);
  const first = await Promise.all(topics.map(nodeOf));
  expect(new Set(first).size).toBe(2);
  expect(await Promise.all(topics.map(nodeOf))).toEqual(first);
});

test("several connections to one node share the topics, and each topic keeps its order", async () => {
  const { brokers, taken, sender } = await startNodes(1, 3);
  const carriers = new Set<string>();
  brokers[0]?.aedes.on("publish", (_packet, client) => client && carriers.add(client.id));
  const sent = Array.from({ length: 300 }, (_, n) => message(`${n % 30}:${n}`, `orders/${n % 30}`));
  await Promise.all(sent.map((one) => sender.send(one)));
  expect([...carriers].toSorted()).toEqual([
    "lc-publisher-test-pub-0",
    "lc-publisher-test-pub-0-2",
    "lc-publisher-test-pub-0-3",
  ]);
  for (let topic = 0; topic < 30; topic += 1) {
    const ofTopic = taken
      .filter((payload) => payload.startsWith(`${topic}:`))
      .map((payload) => Number(payload.split(":")[1]));
    expect(ofTopic).toEqual(ofTopic.toSorted((a, b) => a - b));
    expect(ofTopic).toHaveLength(10);
  }
});

test("when a node goes down, what it had not acknowledged is handed back, and the other node is used", async () => {
  const { brokers, sender } = await startNodes(2);
  const { node } = await sender.send(message("x", "orders/1"));
  const broker = brokers[Number(node.slice(-1))];
  if (!broker) throw new Error("no such broker");
  broker.aedes.authorizePublish = () => undefined; // never acknowledges
  const underWay = sender.send(message("y", "orders/1"));
  const lost = expect(underWay).rejects.toThrow("connection was lost");
  await broker.down();
  await lost;
  expect((await sender.send(message("y", "orders/1"))).node).not.toBe(node);
});

test("a QoS 2 message in its handshake waits for its node and is published once; its topic waits with it", async () => {
  const { brokers, taken, sender, allUp } = await startNodes(1);
  const [broker] = brokers;
  if (!broker) throw new Error("no broker");
  // the connection ends right after the broker took the message and before its PUBREC is answered
  const handshake = new Promise<void>((resolve) => {
    broker.aedes.authorizePublish = (_client, packet, done) => {
      done(null);
      if (packet.topic === "orders/2") resolve();
    };
  });
  const underWay = sender.send(message("once", "orders/2", 2));
  await handshake;
  await broker.down();
  await expect.poll(allUp).toBe(false);
  expect(sender.heldTopics()).toEqual(["orders/2"]);
  await broker.up();
  expect(await underWay).toMatchObject({ acknowledgement: "pubcomp", node: "pub-0" });
  expect(sender.heldTopics()).toEqual([]);
  await sender.send(message("after", "orders/2", 2));
  expect(taken).toEqual(["once", "after"]);
}, 15_000);
