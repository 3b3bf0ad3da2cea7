import { connect as connectTcp, type Socket } from "node:net";
import { generate, type Packet } from "mqtt-packet";
import { afterEach, beforeEach, expect, test } from "vitest";
import WebSocket from "ws";
import { startTestCluster, type TestCluster } from "./test-cluster";
import { until } from "./until";

let broker: TestCluster;
beforeEach(async () => {
  broker = await startTestCluster();
});
afterEach(() => broker.close());

const CONNECT: Packet = {
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clientId: "raw",
  clean: true,
  keepalive: 60,
  username: "t",
};

function openSocket(): Socket {
  const socket = connectTcp(broker.node("n1").mqttPort, "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  return socket;
}
const metric = async (line: string): Promise<boolean> =>
  (await (await broker.get("n1", "/metrics")).text()).includes(line);
const stillServes = async (): Promise<boolean> => {
  const client = await broker.connect("n1", { clientId: "still-here", username: "t" });
  await client.publishAsync("t", "x", { qos: 1 });
  return client.connected;
};

const malformed: [what: string, bytes: Buffer][] = [
  ["no MQTT at all", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  [
    "a PUBLISH before any CONNECT",
    generate({ cmd: "publish", topic: "t", payload: "x", qos: 0, dup: false, retain: false }),
  ],
  ["a second CONNECT", Buffer.concat([generate(CONNECT), generate(CONNECT)])],
  ["a wildcard in a topic name", Buffer.concat([generate(CONNECT), Buffer.from([0x30, 5, 0, 3, 0x61, 0x2f, 0x23])])],
  ["reserved bits set", Buffer.concat([generate(CONNECT), Buffer.from([0x8f, 0])])],
  ["an unfinished CONNECT and nothing more", Buffer.from([0x10, 0xff, 0xff])],
  ["a packet above the limit", Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(2_000_000)])],
];

test.each(malformed)("%s is closed and harms nobody", async (what, bytes) => {
  const socket = openSocket();
  socket.write(bytes);
  // The unfinished one is closed by the wait for a CONNECT: 5 s.
  await until("the broker closes it", () => socket.closed || socket.destroyed, 7_000);
  expect(await stillServes()).toBe(true);
  if (what.startsWith("an unfinished"))
    expect(await metric('vernemq_socket_close_timeout{node="n1@127.0.0.1"} 1')).toBe(true);
  if (what.startsWith("a packet above"))
    expect(await metric('vernemq_mqtt_invalid_msg_size_error{node="n1@127.0.0.1",mqtt_version="4"} 1')).toBe(true);
});

test("a reset connection is counted as a socket error and ends its session", async () => {
  const socket = openSocket();
  socket.write(generate(CONNECT));
  await until("registered", () => broker.hooks.callsOf("raw").length === 3);
  socket.resetAndDestroy();
  await until("gone", () => broker.hooks.callsOf("raw").at(-1)?.hook === "on_client_gone");
  expect(await metric('vernemq_socket_error{node="n1@127.0.0.1"} 1')).toBe(true);
});

test("deeply nested topics and every packet in one write are handled in order", async () => {
  const socket = openSocket();
  const packets: Packet[] = [
    CONNECT,
    { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a/#", qos: 1 }] },
    { cmd: "publish", topic: "a/1", payload: "x", qos: 1, messageId: 2, dup: false, retain: false },
    {
      cmd: "publish",
      topic: Array.from({ length: 120 }, () => "x").join("/"),
      payload: "x",
      qos: 0,
      dup: false,
      retain: false,
    },
  ];
  socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
  await until("closed for its 120 levels", () => socket.closed || socket.destroyed);
  await until("gone", () => broker.hooks.callsOf("raw").at(-1)?.hook === "on_client_gone");
  const order = broker.hooks.callsOf("raw").map(({ hook }) => hook);
  expect(order.slice(3, 7)).toEqual(["auth_on_subscribe", "on_subscribe", "auth_on_publish", "on_publish"]);
  expect(await stillServes()).toBe(true);
});

test.each([
  ["another path", "/", ["mqtt"], 404],
  ["below the path", "/mqtt/x", ["mqtt"], 404],
  ["another sub-protocol", "/mqtt", ["chat"], 400],
  ["no sub-protocol", "/mqtt", [], 400],
])("a WebSocket with %s is refused", async (_what, path, protocols, status) => {
  const webSocket = new WebSocket(`ws://127.0.0.1:${broker.node("n1").wsPort}${path}`, protocols);
  const refused = await new Promise<string>((resolve) => {
    webSocket.once("error", (error) => resolve(error.message));
    webSocket.once("open", () => resolve("open"));
  });
  expect(refused).toContain(String(status));
});

test("a WebSocket client that is cut ends its session", async () => {
  const client = await broker.connect("n1", { clientId: "wscut", username: "t", protocol: "ws" });
  client.stream.destroy();
  await until("gone", () => broker.hooks.callsOf("wscut").at(-1)?.hook === "on_client_gone");
  expect(await metric('vernemq_active_mqttws_connections{node="n1@127.0.0.1"} 0')).toBe(true);
});

test("while the gateway is away nobody gets in, nothing is told later, and then all goes on", async () => {
  const online = await broker.connect("n1", { clientId: "ed-online", username: "t" });
  const persistent = await broker.connect("n1", { clientId: "ed-persist", clean: false, username: "t" });
  broker.hooks.answer(() => ({ body: "", drop: true }));
  await expect(broker.connect("n1", { clientId: "ed-new", username: "t" })).rejects.toMatchObject({ code: 5 });
  online.publish("t", "x", { qos: 1 });
  await until("the online publisher is disconnected", () => !online.connected);
  await persistent.endAsync();
  await until(
    "the lost endings are counted",
    async () =>
      (await metric('vernemq_webhooks_on_client_gone_errors{node="n1@127.0.0.1"} 1')) &&
      (await metric('vernemq_webhooks_on_client_offline_errors{node="n1@127.0.0.1"} 1')),
  );
  broker.hooks.answer(() => undefined);
  const seen = broker.hooks.calls.length;
  expect(await stillServes()).toBe(true);
  expect(broker.hooks.calls.slice(seen).every(({ body }) => body.client_id === "still-here")).toBe(true);
});
