import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { Aedes } from "aedes";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Device, type DeviceOptions, type Happening } from "./device";
import type { DeviceEvent } from "./device-events";
import { openDeviceStorage } from "./device-storage";
import { DEVICE_TIMING } from "./device-timing";
import { Network } from "./network";
import { seededRandom } from "./random";

const CLIENT_ID = "and-test00001";
const LOG = Buffer.from(`${JSON.stringify({ t: "2026-11-20T05:00:00.000Z", method: "GET" })}\n`.repeat(2_000));
const closing: (() => Promise<void> | void)[] = [];

let broker: Aedes;
let network: Network;
let folder: string;
let service: MqttClient;
let events: DeviceEvent[];

beforeEach(async () => {
  broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  const brokerUrl = `mqtt://127.0.0.1:${await listen(server)}`;
  const brokers = [{ node: "node-1", url: brokerUrl }];
  network = new Network({ brokers, random: seededRandom("network"), now: () => Date.now() });
  folder = await mkdtemp(path.join(tmpdir(), "device-"));
  closing.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  closing.push(() => new Promise((resolve) => broker.close(() => server.close(() => resolve()))));
  service = await connectAsync(brokerUrl, { clientId: "service" });
  closing.push(() => service.endAsync(true));
  events = [];
  service.on("message", (_topicName, payload) => events.push(JSON.parse(payload.toString())));
  await service.subscribeAsync(`lc/v1/clients/${CLIENT_ID}/events`, { qos: 1 });
});

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

test("a command that arrives twice is acted on once and answered twice, with the same bytes", async () => {
  const read = vi.fn(async () => LOG);
  await onlineDevice({ log: { list: async () => [], read } });
  const command = { id: "lr-1", type: "logs.upload", maxBytes: 1_000_000, ...times() };
  await send(command);
  await send(command);
  await vi.waitFor(() => expect(events).toHaveLength(2));
  expect(events[0]).toMatchObject({ type: "logs.accepted", commandId: "lr-1" });
  expect(events[1]).toEqual(events[0]);
  expect(read).toHaveBeenCalledTimes(1);
});

test("ping is answered by the device's clock, an unknown command as unsupported, a log asked for too late is declined", async () => {
  await onlineDevice({});
  await send({ id: "c-1", type: "ping", ...times() });
  await send({ id: "c-2", type: "coffee.make", ...times() });
  await send({ id: "c-3", type: "logs.upload", maxBytes: 1_000, expiresAt: "2020-01-01T00:01:00Z" });
  await vi.waitFor(() => expect(events).toHaveLength(3));
  expect(events).toMatchObject([
    { type: "pong", commandId: "c-1", at: expect.stringMatching(/Z$/) },
    { type: "unsupported", commandId: "c-2", command: "coffee.make" },
    { type: "logs.declined", commandId: "c-3", reason: "expired" },
  ]);
});

test("a log is announced, put to the given URL with exactly the announced bytes, and reported", async () => {
  const store = await openStore(() => 200);
  await onlineDevice({ gzip: true });
  await send({ id: "lr-2", type: "logs.upload", maxBytes: 1_000_000, ...times() });
  await vi.waitFor(() => expect(events).toHaveLength(1));
  expect(store.bodies).toHaveLength(0);
  await put("lr-2", `${store.url}/object`);
  const uploaded = await eventOfType("logs.uploaded");
  await put("lr-2", `${store.url}/object`);
  await vi.waitFor(() => expect(events.filter((event) => event.type === "logs.uploaded")).toHaveLength(2));

  const [body] = store.bodies;
  if (!body) throw new Error("nothing was stored");
  expect(store.bodies).toHaveLength(1);
  expect(events[0]).toMatchObject({ contentEncoding: "gzip", bytes: body.length, sha256: sha256(body) });
  expect(uploaded).toMatchObject({ commandId: "lr-2", bytes: body.length, sha256: sha256(body) });
  expect(gunzipSync(body)).toEqual(LOG);
});

test("a large plain log reports progress on its way", async () => {
  const store = await openStore(() => 200);
  await onlineDevice({ gzip: false });
  await send({ id: "lr-3", type: "logs.upload", maxBytes: 1_000_000, ...times() });
  await vi.waitFor(() => expect(events).toHaveLength(1));
  await put("lr-3", store.url);
  await eventOfType("logs.uploaded");
  const progress = events.filter((event) => event.type === "logs.progress");
  expect(progress).toHaveLength(3);
  expect(progress[0]).toMatchObject({ totalBytes: LOG.length });
  expect(store.bodies).toEqual([LOG]);
});

test("an expired URL is said, and a fresh one under the same id is used", async () => {
  const store = await openStore((request) => (request === 1 ? 403 : 200));
  await onlineDevice({});
  await send({ id: "lr-4", type: "logs.upload", maxBytes: 1_000_000, ...times() });
  await vi.waitFor(() => expect(events).toHaveLength(1));
  await put("lr-4", store.url);
  await eventOfType("upload.expired");
  await put("lr-4", store.url);
  await eventOfType("logs.uploaded");
});

test("a URL for a log that was never prepared, or was cancelled, is not used", async () => {
  const store = await openStore(() => 200);
  await onlineDevice({});
  await send({ id: "lr-5", type: "logs.upload", maxBytes: 1_000_000, ...times() });
  await eventOfType("logs.accepted");
  await send({ id: "lr-5", type: "logs.cancel", ...times() });
  await eventOfType("logs.cancelled");
  await put("lr-5", store.url);
  expect(await eventOfType("logs.failed")).toMatchObject({ reason: "not-prepared" });
  expect(store.bodies).toHaveLength(0);
});

test("what was answered and promised survives the end of the process: a repeat gets the same answer, and the log is sent", async () => {
  const store = await openStore(() => 200);
  const read = vi.fn(async () => LOG);
  const first = await onlineDevice({ log: { list: async () => [], read } });
  const command = { id: "lr-6", type: "logs.upload", maxBytes: 1_000_000, ...times() };
  await send(command);
  const accepted = await eventOfType("logs.accepted");
  first.close();
  events.length = 0;
  const second = await onlineDevice({ log: { list: async () => [], read } });
  await send(command);
  await vi.waitFor(() => expect(events).toEqual([accepted]));
  await put("lr-6", store.url);
  const uploaded = await eventOfType("logs.uploaded");
  expect(store.bodies).toEqual([LOG]);
  expect(read).toHaveBeenCalledTimes(1);

  await vi.waitFor(async () => expect(await readdir(folder)).toEqual(["answers.json"]));
  second.close();
  events.length = 0;
  await onlineDevice({});
  await put("lr-6", store.url);
  await vi.waitFor(() => expect(events).toEqual([uploaded]));
});

test("a log wanted over Wi-Fi only is declined on cellular, and so is one its person does not share", async () => {
  await onlineDevice({ isOnWifi: () => false, refusesLogs: () => "person-declined" });
  const command = { type: "logs.upload", maxBytes: 1_000, ...times() };
  await send({ ...command, id: "lr-7", wifiOnly: true });
  await send({ ...command, id: "lr-8" });
  await vi.waitFor(() => expect(events).toHaveLength(2));
  expect(events).toMatchObject([
    { type: "logs.declined", reason: "not-on-wifi" },
    { type: "logs.declined", reason: "person-declined" },
  ]);
});

test("a phone notices a dead socket by its own keep-alive, and the broker by the phone's", async () => {
  const device = await onlineDevice({ timing: { ...DEVICE_TIMING, keepAliveSeconds: 1 } });
  const gone = vi.fn();
  broker.on("keepaliveTimeout", gone);
  network.lose();
  await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1), 5_000);
  await vi.waitFor(() => expect(device.state.status).toBe("waiting"), 5_000);
  network.restore();
  device.networkChanged();
  await vi.waitFor(() => expect(device.state.status).toBe("online"), 5_000);
});

test("a phone whose socket is cut comes back to its session, and followed topics and queued events survive", async () => {
  const received: string[] = [];
  const happenings: Happening[] = [];
  const device = await onlineDevice({
    onMessage: (topicName) => received.push(topicName),
    onHappening: (happening) => happenings.push(happening),
  });
  device.follow("halodoc/pharmacy-delivery/orders/ABC-123");
  await vi.waitFor(async () => {
    await service.publishAsync("halodoc/pharmacy-delivery/orders/ABC-123", "{}", { qos: 1 });
    expect(received.length).toBeGreaterThan(0);
  });
  network.cut();
  await vi.waitFor(() => expect(device.state.status).not.toBe("online"));
  received.length = 0;
  device.send({ type: "report", at: new Date().toISOString() });
  await service.publishAsync("halodoc/pharmacy-delivery/orders/ABC-123", "{}", { qos: 1 });
  await vi.waitFor(() => expect(device.state.status).toBe("online"), 5_000);
  await vi.waitFor(() => expect(received).toContain("halodoc/pharmacy-delivery/orders/ABC-123"));
  await eventOfType("report");
  expect(happenings).toContainEqual({ kind: "connected", connection: 2, sessionPresent: true });
  expect(happenings).toContainEqual({ kind: "ended", connection: 1, why: "lost" });
});

test("a hand-over opens the new connection before the old one is gone, and misses nothing", async () => {
  const received: string[] = [];
  const device = await onlineDevice({ onMessage: (_topicName, payload) => received.push(payload.toString()) });
  const connects = vi.fn();
  broker.on("client", connects);
  device.networkChanged();
  await service.publishAsync(`lc/v1/clients/${CLIENT_ID}/inbox`, "during", { qos: 1 });
  await vi.waitFor(() => expect(device.state.status).toBe("online"));
  expect(connects).toHaveBeenCalledTimes(1);
  await service.publishAsync(`lc/v1/clients/${CLIENT_ID}/inbox`, "after", { qos: 1 });
  await vi.waitFor(() => expect(received).toContain("after"));
  expect(received).toContain("during");
  expect(broker.connectedClients).toBe(2);
});

test("a refused token is replaced by a new one", async () => {
  broker.authenticate = (_client, username, _password, done) => {
    if (username?.toString() !== "bad") return done(null, true);
    done(Object.assign(new Error("refused"), { returnCode: 5 }), false);
  };
  const asked: string[] = [];
  const device = openDevice({
    getToken: async (why) => {
      asked.push(why);
      return { token: why === "refused" ? "good" : "bad", expiresAtMs: Date.now() + 3_600_000 };
    },
  });
  device.start();
  await vi.waitFor(() => expect(device.state.status).toBe("online"), 5_000);
  expect(asked).toEqual(["connect", "refused"]);
});

test("a token near its end is replaced by reconnecting with a new one, on the same session", async () => {
  const happenings: Happening[] = [];
  let issued = 0;
  const device = await onlineDevice({
    onHappening: (happening) => happenings.push(happening),
    getToken: async () => {
      issued += 1;
      return { token: `token-${issued}`, expiresAtMs: Date.now() + (issued === 1 ? 500 : 3_600_000) };
    },
  });
  const connected = { kind: "connected", connection: 2, sessionPresent: true };
  await vi.waitFor(() => expect(happenings).toContainEqual(connected), 5_000);
  expect(issued).toBe(2);
  expect(device.state.status).toBe("online");
  expect(happenings).toContainEqual({ kind: "ended", connection: 1, why: "left" });
});

function openDevice(options: Partial<DeviceOptions>): Device {
  const device = new Device({
    clientId: CLIENT_ID,
    openStream: () => network.open(),
    topicRoot: "lc/v1",
    groups: ["android"],
    cleanSession: false,
    gzip: false,
    getToken: async () => ({ token: "token", expiresAtMs: Date.now() + 3_600_000 }),
    log: { list: async () => [], read: async () => LOG },
    storage: openDeviceStorage({ folder, now: () => Date.now() }),
    onMessage: () => {},
    random: seededRandom("device"),
    now: () => Date.now(),
    ...options,
  });
  closing.push(() => device.close());
  return device;
}

/** Online and subscribed to its commands. */
async function onlineDevice(options: Partial<DeviceOptions>): Promise<Device> {
  const subscribed = new Promise<void>((resolve) => {
    broker.on("subscribe", (_subscriptions, client) => client.id === CLIENT_ID && resolve());
  });
  const device = openDevice(options);
  device.start();
  await subscribed;
  return device;
}

const times = () => ({ issuedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 60_000).toISOString() });

const send = (command: object) =>
  service.publishAsync(`lc/v1/clients/${CLIENT_ID}/commands`, JSON.stringify(command), { qos: 1 });

const put = (id: string, url: string) =>
  send({ id, type: "logs.put", ...times(), upload: { method: "PUT", url, headers: {}, expiresAt: times().expiresAt } });

function eventOfType(type: string): Promise<DeviceEvent> {
  return vi.waitFor(() => {
    const event = events.find((each) => each.type === type);
    if (!event) throw new Error(`no ${type} among ${events.map((each) => each.type).join(", ")}`);
    return event;
  }, 5_000);
}

/** A store that answers request number n (from 1) with a status and keeps the bodies it takes. */
async function openStore(statusOf: (request: number) => number): Promise<{ url: string; bodies: Buffer[] }> {
  const bodies: Buffer[] = [];
  let requests = 0;
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests += 1;
      const status = request.headers["content-length"] === undefined ? 411 : statusOf(requests);
      if (status === 200) bodies.push(Buffer.concat(chunks));
      response.writeHead(status).end();
    });
  });
  const port = await listen(server);
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${port}`, bodies };
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === "string") throw new Error("not listening on a port");
      resolve(address.port);
    });
  });
}
