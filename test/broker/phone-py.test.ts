import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BareBroker, startBareBroker } from "../bare-broker";
import { freePort } from "../free-port";
import { until } from "./until";

/** The example agent in Python, with Paho, against a broker and a store: the documentation's code as it stands. */

// Debian's packages belong to Debian's Python, whatever another `python3` comes first on the path.
const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const CLIENT_ID = "py-phone-1";
const LINES = Array.from({ length: 200 }, (_, index) =>
  JSON.stringify({
    t: new Date(Date.UTC(2026, 10, 20, 3, 0, index)).toISOString(),
    method: "GET",
    status: [200, 503, null][index % 3],
  }),
);

interface DeviceEvent {
  type: string;
  commandId: string;
  readonly [field: string]: unknown;
}

const isPahoThere = hasPaho();
if (!isPahoThere) process.stderr.write("SKIPPED: phone.py, as python3-paho-mqtt is not installed here\n");

describe.skipIf(!isPahoThere)("examples/devices/phone.py", () => {
  let folder: string;
  let broker: BareBroker;
  let service: MqttClient;
  let events: DeviceEvent[];
  let isSubscribed: boolean;
  const running: ChildProcess[] = [];
  const closing: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "phone-py-"));
    await writeFile(path.join(folder, "calls.ndjson"), `${LINES.join("\n")}\n`);
    broker = await startBareBroker();
    service = await connectAsync(broker.url, { clientId: "service" });
    events = [];
    isSubscribed = false;
    broker.aedes.on("subscribe", (_subscriptions, client) => {
      if (client.id === CLIENT_ID) isSubscribed = true;
    });
    service.on("message", (_topicName, payload) => events.push(JSON.parse(payload.toString())));
    await service.subscribeAsync(`lc/v1/clients/${CLIENT_ID}/events`, { qos: 1 });
  });

  afterEach(async () => {
    for (const phone of running.splice(0)) phone.kill("SIGKILL");
    await service.endAsync(true);
    await broker.close();
    for (const close of closing.splice(0)) await close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts it and waits until it can be commanded. */
  async function startPhone(): Promise<ChildProcess> {
    const ready = new Promise<void>((resolve) => {
      broker.aedes.on("clientReady", (client) => client.id === CLIENT_ID && resolve());
    });
    const args = ["--host", "127.0.0.1", "--port", new URL(broker.url).port, "--client-id", CLIENT_ID];
    const files = ["--log", path.join(folder, "calls.ndjson"), "--state", path.join(folder, "state")];
    const phone = spawn(PYTHON, ["-u", "examples/devices/phone.py", ...args, ...files], {
      env: { ...process.env, TOKEN: "token" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    running.push(phone);
    await ready;
    return phone;
  }

  /** To a persistent session, which has its subscriptions also while the phone is away. */
  async function send(command: object): Promise<void> {
    const topicName = `lc/v1/clients/${CLIENT_ID}/commands`;
    await until("the phone's subscription", () => isSubscribed);
    const at = { issuedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 60_000).toISOString() };
    await service.publishAsync(topicName, JSON.stringify({ ...at, ...command }), { qos: 1 });
  }

  const eventOfType = (type: string, limitMs = 10_000): Promise<DeviceEvent> =>
    until(type, () => events.find((event) => event.type === type), limitMs);

  /** A store that answers each PUT with the next of these statuses, the last one for ever. */
  async function openStore(...statuses: number[]): Promise<{ url: string; bodies: Buffer[] }> {
    const bodies: Buffer[] = [];
    const port = await freePort();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200;
        if (status === 200 && request.method === "PUT") bodies.push(Buffer.concat(chunks));
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    closing.push(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    );
    return { url: `http://127.0.0.1:${port}/object`, bodies };
  }

  const put = (id: string, url: string) =>
    send({ id, type: "logs.put", upload: { method: "PUT", url, headers: { "content-type": "application/gzip" } } });

  test("it answers a ping, says what it does not know, and tells what it has", async () => {
    await startPhone();
    await send({ id: "c-1", type: "ping" });
    await send({ id: "c-2", type: "coffee.make" });
    await send({ id: "c-3", type: "logs.list" });
    expect(await eventOfType("pong")).toMatchObject({ commandId: "c-1", at: expect.stringMatching(/Z$/) });
    expect(await eventOfType("unsupported")).toMatchObject({ commandId: "c-2", command: "coffee.make" });
    const { files } = await eventOfType("logs.listed");
    expect(files).toMatchObject([{ name: "calls.ndjson", start: "2026-11-20T03:00:00.000Z" }]);
  });

  test("a log is announced, sent past a failing store and an expired URL with exactly the announced bytes, and reported", async () => {
    const store = await openStore(503, 403, 200);
    await startPhone();
    await send({ id: "lr-1", type: "logs.upload", maxBytes: 1_000_000, from: "2026-11-20T03:00:10Z" });
    const accepted = await eventOfType("logs.accepted");
    await put("lr-1", store.url);
    await eventOfType("upload.expired");
    await put("lr-1", store.url);
    const uploaded = await eventOfType("logs.uploaded");

    const [body = Buffer.alloc(0)] = store.bodies;
    const sha256 = createHash("sha256").update(body).digest("hex");
    expect(accepted).toMatchObject({ commandId: "lr-1", bytes: body.length, sha256, contentEncoding: "gzip" });
    expect(uploaded).toMatchObject({ commandId: "lr-1", bytes: body.length, sha256 });
    expect(gunzipSync(body).toString()).toBe(`${LINES.slice(10).join("\n")}\n`);
  });

  test("asked for failed calls it sends those alone, and it declines what comes too late", async () => {
    const store = await openStore(200);
    await startPhone();
    await send({ id: "lr-3", type: "logs.upload", maxBytes: 1_000_000, onlyFailed: true });
    await eventOfType("logs.accepted");
    await put("lr-3", store.url);
    await eventOfType("logs.uploaded");
    const sent = gunzipSync(store.bodies[0] ?? Buffer.alloc(0)).toString();
    expect(sent).toBe(`${LINES.filter((_, index) => index % 3 > 0).join("\n")}\n`);
    await send({ id: "lr-4", type: "logs.upload", maxBytes: 1_000, expiresAt: "2020-01-01T00:00:00Z" });
    expect(await eventOfType("logs.declined")).toMatchObject({ commandId: "lr-4", reason: "expired" });
  });

  test("killed and started again it gives the same answer to a repeat, and still sends the log it promised", async () => {
    const store = await openStore(200);
    const first = await startPhone();
    const command = { id: "lr-2", type: "logs.upload", maxBytes: 1_000_000 };
    await send(command);
    const accepted = await eventOfType("logs.accepted");
    first.kill("SIGKILL");
    await until("it is gone", () => broker.aedes.connectedClients === 1);
    events.length = 0;

    await startPhone();
    await send(command);
    expect(await eventOfType("logs.accepted")).toEqual(accepted);
    await put("lr-2", store.url);
    expect(await eventOfType("logs.uploaded")).toMatchObject({ sha256: accepted.sha256 });
    expect(store.bodies).toHaveLength(1);
    await put("lr-2", store.url);
    await until("the last word again", () => events.filter(({ type }) => type === "logs.uploaded").length === 2);
    expect(store.bodies).toHaveLength(1);
  });
});

function hasPaho(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import paho.mqtt.client"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
