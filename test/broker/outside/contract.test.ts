import { randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import type { MqttClient } from "mqtt";
import { generate, type Packet } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFixture, recordedJson, shapeOf } from "../fixtures";
import { until } from "../until";
import { openTarget, type Target } from "./target";

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target.close());

// A real cluster is shared and remembers: every client and topic is this run's own.
const own = (word: string): string => `outside-${word}-${randomBytes(5).toString("hex")}`;
interface Table {
  table: Record<string, unknown>[];
  type: string;
}
const table = async (path: string): Promise<Table> => (await (await target.get(path)).json()) as Table;
const sessionOf = (clientId: string, columns = ""): Promise<Table> =>
  table(`/api/v1/session/show?--client_id=${clientId}${columns}`);
const isGone = (client: MqttClient) => until("closed", () => !client.connected, 20_000);
const received = (client: MqttClient): string[] => {
  const messages: string[] = [];
  client.on("message", (_topicName, payload, { qos, retain }) =>
    messages.push(`${payload.toString()}:${qos}:${retain}`),
  );
  return messages;
};
const rawSocket = (): Socket => {
  const { hostname, port } = new URL(target.mqttUrls[0] ?? "");
  return connectTcp(Number(port || 1883), hostname)
    .on("error", () => {})
    .resume();
};

describe("the admin surface", () => {
  test("a key as basic-auth user or x-api-key, and no other way; POST never", async () => {
    const path = "/api/v1/cluster/show";
    const basic = (words: string) => ({ authorization: `Basic ${Buffer.from(words).toString("base64")}` });
    const statusOf = async (headers: Record<string, string>) => (await target.get(path, headers)).status;
    expect(await statusOf(basic(`${target.apiKey}:`))).toBe(200);
    expect(await statusOf({ "x-api-key": target.apiKey })).toBe(200);
    for (const headers of [{}, basic(`x:${target.apiKey}`), { authorization: `Bearer ${target.apiKey}` }])
      expect(await statusOf(headers)).toBe(401);
  });

  test("an unknown command or flag is 400, a limit that is no number 500, with empty bodies", async () => {
    for (const [path, status] of [
      ["/api/v1/no/such", 400],
      ["/api/v1/session/show?--nosuchflag", 400],
      ["/api/v1/session/show?--limit=abc", 500],
    ] as const) {
      const response = await target.get(path);
      expect([response.status, await response.text()]).toEqual([status, ""]);
    }
  });

  test("/metrics has the recorded names and types; /status.json, cluster/show, /health the recorded shapes", async () => {
    const types = (text: string): string[] =>
      text
        .split("\n")
        .filter((line) => line.startsWith("# TYPE"))
        .filter((line) => !/scheduler_|metadata_delete/.test(line))
        .toSorted();
    const text = await (await target.get("/metrics", {})).text();
    expect(types(text)).toEqual(types(readFixture("metrics/metrics-traffic-node1.txt")));
    const [status] = (await (await target.get("/status.json", {})).json()) as Record<string, object>[];
    const [recorded] = JSON.parse(readFixture("status-traffic-node1.json")) as Record<string, object>[];
    expect(Object.keys(Object.values(status ?? {})[0] ?? {})).toEqual(
      Object.keys(Object.values(recorded ?? {})[0] ?? {}),
    );
    expect(shapeOf(await table("/api/v1/cluster/show"))).toEqual(shapeOf(recordedJson("cluster-show")));
    expect(await (await target.get("/health", {})).json()).toEqual({ status: "OK" });
  });

  test("session/show, /api/v2/client and session/disconnect tell one story of a client", async () => {
    const clientId = own("story");
    const status = async () => (await target.get(`/api/v2/client?client_id=${clientId}`)).json();
    expect(await status()).toEqual(recordedJson("v2-client-nosuch"));
    const client = await target.connect(1, { clientId, clean: false });
    expect(await status()).toEqual(recordedJson("v2-client"));
    const byDefault = (recordedJson("session-show-default") as Table).table.find(({ is_online }) => is_online);
    expect(
      shapeOf(
        (await sessionOf(clientId, "&--client_id&--is_online&--mountpoint&--peer_host&--peer_port&--user")).table[0],
      ),
    ).toEqual(shapeOf(byDefault));
    expect(await table(`/api/v1/session/disconnect?client-id=${clientId}`)).toEqual({ text: "Done", type: "text" });
    await isGone(client);
    await until("offline", async () => (await sessionOf(clientId, "&--is_online")).table[0]?.is_online === false);
    expect(await status()).toEqual(recordedJson("v2-client-off"));
    await table(`/api/v1/session/disconnect?client-id=${clientId}&--cleanup`);
    await until("forgotten", async () => (await sessionOf(clientId)).table.length === 0);
    expect(await table(`/api/v1/session/disconnect?client-id=${own("nobody")}`)).toEqual({
      text: "Done",
      type: "text",
    });
  });

  test("retain/show and webhooks/show have the recorded columns", async () => {
    const topicName = own("retained");
    const client = await target.connect(0, { clientId: own("retainer") });
    await client.publishAsync(topicName, "kept", { qos: 1, retain: true });
    await until("it is listed", async () =>
      (await table("/api/v1/retain/show?--limit=100000")).table.some(({ topic }) => topic === topicName),
    );
    const row = (await table("/api/v1/retain/show")).table[0] ?? {};
    expect(shapeOf(row)).toEqual(shapeOf((recordedJson("retain-show") as Table).table[0]));
    const hook = (await table("/api/v1/webhooks/show")).table[0];
    if (hook) expect(shapeOf(hook)).toEqual(shapeOf((recordedJson("webhooks-show") as Table).table[0]));
    await client.publishAsync(topicName, "", { qos: 1, retain: true });
  });
});

describe("MQTT", () => {
  test("a message goes from one node to another, retained ones and wills too", async () => {
    const topicName = own("topic");
    const will = { topic: topicName, payload: Buffer.from("will"), qos: 1 as const, retain: false };
    const subscriber = await target.connect(1, { clientId: own("sub") });
    await subscriber.subscribeAsync(topicName, { qos: 1 });
    const messages = received(subscriber);
    const publisher = await target.connect(0, { clientId: own("pub"), will });
    await publisher.publishAsync(topicName, "live", { qos: 1 });
    await until("live", () => messages.length === 1);
    publisher.stream.destroy();
    await until("the will", () => messages.length === 2);
    expect(messages).toEqual(["live:1:false", "will:1:false"]);
  });

  test("a clean client that appears on another node closes the first connection", async () => {
    const clientId = own("moves");
    const first = await target.connect(0, { clientId });
    const second = await target.connect(1, { clientId });
    await isGone(first);
    expect(second.connected).toBe(true);
    await until("one session", async () => (await sessionOf(clientId, "&--num_sessions")).table[0]?.num_sessions === 1);
  });

  test("a persistent session moves with its queue, and the session is present", async () => {
    const clientId = own("persistent");
    const topicName = own("queue");
    const first = await target.connect(0, { clientId, clean: false });
    await first.subscribeAsync(topicName, { qos: 1 });
    await first.endAsync();
    await until("offline", async () => (await sessionOf(clientId, "&--is_online")).table[0]?.is_online === false);
    const publisher = await target.connect(1, { clientId: own("pub") });
    for (const qos of [0, 1, 2] as const) await publisher.publishAsync(topicName, `m${qos}`, { qos });
    const second = target.connectLater(1, { clientId, clean: false });
    let isPresent = false;
    second.once("connect", ({ sessionPresent }) => {
      isPresent = sessionPresent;
    });
    const messages = received(second);
    await until("the queue", () => messages.length === 2);
    expect([isPresent, messages]).toEqual([true, ["m1:1:false", "m2:2:false"]]);
    await second.endAsync();
    await table(`/api/v1/session/disconnect?client-id=${clientId}&--cleanup`);
  });

  test("a session without subscriptions is present too", async () => {
    const clientId = own("bare");
    await (await target.connect(0, { clientId, clean: false })).endAsync();
    await until("offline", async () => (await sessionOf(clientId, "&--is_online")).table[0]?.is_online === false);
    const again = target.connectLater(0, { clientId, clean: false });
    let isPresent: boolean | null = null;
    again.once("connect", ({ sessionPresent }) => {
      isPresent = sessionPresent;
    });
    await until("connected", () => again.connected);
    expect(isPresent).toBe(true);
    await again.endAsync();
    await table(`/api/v1/session/disconnect?client-id=${clientId}&--cleanup`);
  });

  test("an identifier of 120 characters is refused; a silent socket is closed after 5 s; so is a second CONNECT", async () => {
    await expect(target.connect(0, { clientId: "x".repeat(120) })).rejects.toMatchObject({ code: 2 });
    const startedAt = performance.now();
    const silent = rawSocket();
    await until("closed", () => silent.closed, 20_000);
    expect((performance.now() - startedAt) / target.secondMs).toBeGreaterThan(4.5);
    const packet: Packet = {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId: own("twice"),
      clean: true,
      keepalive: 60,
      username: process.env.VERNEMQ_USERNAME ?? "outside",
      password: process.env.VERNEMQ_PASSWORD ? Buffer.from(process.env.VERNEMQ_PASSWORD) : undefined,
    };
    const twice = rawSocket();
    twice.write(Buffer.concat([generate(packet), generate(packet)]));
    await until("closed", () => twice.closed);
  });

  test("who falls silent is closed between 1.5 and 2.25 times its keep alive", async () => {
    const client = await target.connect(0, { clientId: own("silent"), keepalive: 2, reschedulePings: false });
    const startedAt = performance.now();
    client.keepaliveManager?.destroy();
    await isGone(client);
    const seconds = (performance.now() - startedAt) / target.secondMs;
    expect(seconds).toBeGreaterThan(2.9);
    expect(seconds).toBeLessThan(target.isReal ? 5 : 6);
  });
});
