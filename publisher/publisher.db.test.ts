import { randomUUID } from "node:crypto";
import mqtt, { type IPublishPacket } from "mqtt";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createApiKey, ensureApiKey, makeApiKey } from "@/lib/access/api-keys";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { PERMISSIONS, type Permission } from "@/lib/rbac/permissions";
import { startBareBroker, type BareBroker } from "@/test/bare-broker";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { freePort } from "@/test/free-port";
import { publisherEnv } from "./env";
import { startPublisher, type Publisher } from "./publisher";

const { db, url } = await testDatabase();
let broker: BareBroker;
let publisher: Publisher;
let subscriber: mqtt.MqttClient;
const arrived: IPublishPacket[] = [];
let key: string;

const startOne = async (instance: string): Promise<Publisher> =>
  startPublisher(
    readEnv(publisherEnv, {
      DATABASE_URL: url,
      PUBLISHER_PORT: String(await freePort()),
      PUBLISHER_USERNAME: "liveconnect-publisher",
      PUBLISHER_PASSWORD: randomUUID(),
      PUBLISHER_INSTANCE: instance,
      PUBLISHER_RATE_PER_SECOND: "200",
      BROKER_NODES: JSON.stringify([
        { name: "sub-1", role: "subscriber", adminUrl: "http://127.0.0.1:1" },
        { name: "pub-1", role: "publisher", adminUrl: "http://127.0.0.1:1", mqttUrl: broker.url },
      ]),
    }),
    createLog("publisher", "silent"),
  );

beforeAll(async () => {
  broker = await startBareBroker();
  publisher = await startOne("test");
  key = await makeKey(PERMISSIONS);
  subscriber = await mqtt.connectAsync(broker.url, { clientId: "subscriber", clean: false });
  await subscriber.subscribeAsync("orders/#", { qos: 2 });
  subscriber.on("message", (_topicName, _payload, packet) => arrived.push(packet));
  await vi.waitFor(async () => expect((await call("GET", "/readyz")).status).toBe(200), 5_000);
});
afterAll(async () => {
  await subscriber.endAsync(true);
  await publisher.close();
  await broker.close();
});
beforeEach(() => void arrived.splice(0));

async function makeKey(permissions: readonly Permission[]): Promise<string> {
  const made = makeApiKey();
  await ensureApiKey(db.pool, { name: `key ${randomUUID()}`, key: made, permissions });
  return made;
}

async function call(
  method: string,
  path: string,
  given: { body?: unknown; headers?: Record<string, string>; at?: Publisher } = {},
) {
  const response = await fetch((given.at ?? publisher).url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(given.body === undefined ? {} : { "content-type": "application/json" }),
      ...given.headers,
    },
    body: given.body === undefined ? undefined : JSON.stringify(given.body),
  });
  const text = await response.text();
  const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

const publish = (body: object, headers?: Record<string, string>) => call("POST", "/v1/messages", { body, headers });

describe("POST /v1/messages", () => {
  test.each([
    [0, "written"],
    [1, "puback"],
    [2, "pubcomp"],
  ] as const)(
    "at QoS %i answers with the acknowledgement (%s), and the message arrives with that QoS",
    async (qos, word) => {
      const topicName = `orders/${randomUUID()}`;
      const answer = await publish({ to: { topicName }, payload: "delivered", qos, waitFor: "acknowledged" });
      expect(answer).toMatchObject({ status: 200, body: { state: "acknowledged", acknowledgement: word } });
      expect(Date.parse(answer.body.acknowledgedAt)).toBeGreaterThanOrEqual(Date.parse(answer.body.acceptedAt));
      await expect
        .poll(() => arrived.map((packet) => [packet.topic, packet.qos, String(packet.payload)]))
        .toEqual([[topicName, qos, "delivered"]]);
      const status = await call("GET", `/v1/messages/${answer.body.messageId}`);
      expect(status).toMatchObject({ status: 200, body: { state: "acknowledged", node: "pub-1", source: "api" } });
      const { packetId, sentAt, receivedAt, releasedAt, acknowledgedAt } = status.body;
      expect(packetId === null).toBe(qos === 0);
      const handshake = [sentAt, receivedAt, releasedAt, acknowledgedAt].map((at) => Date.parse(at));
      if (qos === 2) expect(handshake).toEqual(handshake.toSorted((a, b) => a - b));
      else expect([receivedAt, releasedAt]).toEqual([null, null]);
    },
  );

  test("answers at once when it waits for nothing, and the message arrives all the same, bytes kept", async () => {
    const answer = await publish({ to: { topicName: "orders/bytes" }, payloadBase64: "AP9B", retain: true });
    expect(answer).toMatchObject({ status: 202, body: { state: "accepted", acknowledgedAt: null } });
    await expect.poll(() => arrived[0]?.payload).toEqual(Buffer.from([0, 255, 65]));
    const late = await mqtt.connectAsync(broker.url);
    const retained = new Promise((resolve) => late.on("message", (_topic, _payload, packet) => resolve(packet.retain)));
    await late.subscribeAsync("orders/bytes");
    expect(await retained).toBe(true);
    await late.endAsync();
  });

  test("with the same Idempotency-Key publishes once and answers the same message", async () => {
    const [body, headers] = [{ to: { topicName: "orders/once" }, payload: "x" }, { "idempotency-key": randomUUID() }];
    const first = await publish(body, headers);
    const again = await publish({ ...body, waitFor: "acknowledged" }, headers);
    expect(again.body.messageId).toBe(first.body.messageId);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await publish({ ...body, payload: "y" }, headers)).status).toBe(409);
    await publish({ to: { topicName: "orders/after" }, payload: "", waitFor: "acknowledged" });
    expect(arrived.filter((packet) => packet.topic === "orders/once")).toHaveLength(1);
  });

  test("with the same Idempotency-Key at two publishers at once publishes once, and both answer the same message", async () => {
    const other = await startOne("other");
    try {
      const headers = { "idempotency-key": randomUUID() };
      const body = { to: { topicName: "orders/two" }, payload: "once", waitFor: "acknowledged" };
      const ask = (at: Publisher) => call("POST", "/v1/messages", { body, headers, at });
      const answers = await Promise.all([publisher, other, publisher, other, publisher, other].map(ask));
      expect(new Set(answers.map(({ body: told }) => told.messageId)).size).toBe(1);
      expect(answers.filter(({ headers: given }) => !given.has("idempotent-replayed"))).toHaveLength(1);
      // what is published after it arrives after it
      await publish({ ...body, payload: "after" });
      await vi.waitFor(() => expect(arrived.map(({ payload }) => String(payload))).toEqual(["once", "after"]), 5_000);
    } finally {
      await other.close();
    }
  });

  test("knows an Idempotency-Key for 24 hours; then it may be used for another message, once", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await publish({ to: { topicName: "orders/key" }, payload: "x" }, headers);
    const aged = (hours: number) =>
      db.pool.query("update messages set accepted_at = now() - make_interval(hours => $2) where id = $1", [
        first.body.messageId,
        hours,
      ]);
    await aged(23);
    expect((await publish({ to: { topicName: "orders/key" }, payload: "y" }, headers)).status).toBe(409);
    await aged(25);
    const calls = await Promise.all(
      ["y", "y"].map((payload) => publish({ to: { topicName: "orders/key" }, payload }, headers)),
    );
    expect(calls.map(({ status }) => status)).toEqual([202, 202]);
    expect(new Set(calls.map(({ body }) => body.messageId)).size).toBe(1);
    expect(calls[0]?.body.messageId).not.toBe(first.body.messageId);
    await expect.poll(() => arrived.map((packet) => String(packet.payload))).toEqual(["x", "y"]);
  });

  test("100 messages of one topic arrive in the order they were accepted", async () => {
    const headers = { authorization: `Bearer ${await makeKey(["publish.send"])}` };
    for (let i = 0; i < 100; i++) await publish({ to: { topicName: "orders/many" }, payload: String(i) }, headers);
    await expect.poll(() => arrived.length, { timeout: 5_000 }).toBe(100);
    expect(arrived.map((packet) => String(packet.payload))).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });
});

describe("refusals are problem+json with the request id", () => {
  const message = { to: { topicName: "orders/refused" }, payload: "x" };

  test.each<[string, () => ReturnType<typeof call>, number, string]>([
    ["no key", () => publish(message, { authorization: "" }), 401, "UNAUTHENTICATED"],
    ["an unknown key", () => publish(message, { authorization: `Bearer ${makeApiKey()}` }), 401, "UNAUTHENTICATED"],
    ["QoS 3", () => publish({ ...message, qos: 3 }), 400, "VALIDATION"],
    [
      "a device's events topic",
      () => publish({ ...message, to: { topicName: "lc/v1/clients/a/events" } }),
      400,
      "VALIDATION",
    ],
    ["the key in the body", () => publish({ ...message, idempotencyKey: "k" }), 400, "VALIDATION"],
    ["a body of 1 MB", () => publish({ ...message, payload: "x".repeat(1_000_000) }), 400, "VALIDATION"],
    ["an unknown message", () => call("GET", `/v1/messages/${randomUUID()}`), 404, "NOT_FOUND"],
    ["an unknown path", () => call("GET", "/v1/nothing"), 404, "NOT_FOUND"],
  ])("%s", async (_what, request, status, code) => {
    const answer = await request();
    expect(answer).toMatchObject({ status, body: { status, code, requestId: answer.headers.get("x-request-id") } });
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  test("a key without the permission, and a body that is not JSON", async () => {
    const readOnly = await makeKey(["publish.read"]);
    expect((await publish(message, { authorization: `Bearer ${readOnly}` })).status).toBe(403);
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const broken = await fetch(`${publisher.url}/v1/messages`, { method: "POST", headers, body: "{" });
    expect([broken.status, await broken.json()]).toMatchObject([400, { code: "VALIDATION" }]);
    expect(arrived).toEqual([]);
  });

  test("more than the key's rate, with when to come back", async () => {
    const made = await createApiKey(testContext(db, { role: "admin" }), {
      name: "a slow one",
      permissions: ["publish.read"],
      topicFilters: ["#"],
      ratePerSecond: 5,
    });
    const busy = { authorization: `Bearer ${made.key}` };
    // More than five in the slowest second there is.
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => call("GET", "/v1/messages/x", { headers: busy })),
    );
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused?.headers.get("retry-after")).toBe("1");
    expect(refused?.headers.get("ratelimit-limit")).toBe("5");
  });
});

describe("grants", () => {
  const grant = { personId: "p-1", topicFilter: "halodoc/orders/1", action: "subscribe" };

  test("are put, put again with another end, and taken back, each with its audit row", async () => {
    expect((await call("PUT", "/v1/grants", { body: grant })).status).toBe(200);
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    await call("PUT", "/v1/grants", { body: [{ ...grant, expiresAt }] });
    expect((await db.prisma.grant.findMany()).map((row) => row.expiresAt?.toISOString())).toEqual([expiresAt]);
    expect((await call("DELETE", "/v1/grants", { body: grant })).body).toEqual({ deleted: 1 });
    expect((await call("DELETE", "/v1/grants", { body: grant })).body).toEqual({ deleted: 0 });
    const audited = await db.prisma.auditEvent.findMany({ where: { subjectKind: "grant" }, orderBy: { id: "asc" } });
    expect(audited.map((row) => row.action)).toEqual([
      "access.putGrants",
      "access.putGrants",
      "access.deleteGrants",
      "access.deleteGrants",
    ]);
  });

  test.each(["#", "+/v1/clients/other/inbox", "lc/v1/clients/other/#", "lc/#", "lc/v1", "$SYS/#", "a/#/b"])(
    "%s is not granted: it reaches other people's topics, or is no filter",
    async (topicFilter) => {
      expect((await call("PUT", "/v1/grants", { body: { ...grant, topicFilter } })).status).toBe(400);
    },
  );
});

test("presence tells a client's state with its proof, nothing of its person, and no client is invented", async () => {
  const [client, node] = [await makeClient(db), await makeNode(db, { name: "sub-1" })];
  const startedAtMs = Date.now() - 60_000;
  await db.pool.query(
    `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at) values ($1, $2, $3, $4, 'hook', $4)`,
    [client.clientKey, startedAtMs * 1_000 * 4, node.nodeId, new Date(startedAtMs)],
  );
  const answer = await call("GET", `/v1/presence/${client.clientId}`);
  expect(answer).toMatchObject({ status: 200, body: { state: "online", node: "sub-1", proof: { kind: "hook" } } });
  expect(JSON.stringify(answer.body)).not.toContain(client.personId);
  expect((await call("GET", "/v1/presence/nobody")).status).toBe(404);
  expect((await call("GET", "/v1/presence/a%2Bb")).status).toBe(400);
});

test("what a device says is recorded once, however often the device sends it", async () => {
  const device = await mqtt.connectAsync(broker.url, { clientId: "and-7" });
  const event = JSON.stringify({ commandId: "c-7", type: "pong", at: new Date().toISOString() });
  for (let i = 0; i < 3; i++) await device.publishAsync("lc/v1/clients/and-7/events", event, { qos: 1 });
  await device.publishAsync("lc/v1/clients/and-7/events", "not JSON", { qos: 1 });
  const metrics = async () => (await call("GET", "/metrics")).body as string;
  await expect.poll(metrics).toContain('publisher_device_events_total{outcome="malformed"} 1');
  expect(await metrics()).toContain('publisher_device_events_total{outcome="repeated"} 2');
  expect(await db.prisma.deviceEvent.count({ where: { clientId: "and-7", type: "pong" } })).toBe(1);
  await device.endAsync();
});

test("while no publisher node answers messages wait and readyz says why; then they go out", async () => {
  await broker.down();
  const why = async () => (await call("GET", "/readyz")).body.dependencies["publisher node pub-1"];
  await expect.poll(why, { timeout: 5_000 }).toContain("ECONNREFUSED");
  expect((await call("GET", "/readyz")).status).toBe(503);
  const answer = await publish({ to: { topicName: "orders/waits" }, payload: "x", qos: 2 });
  expect(answer).toMatchObject({ status: 202, body: { state: "accepted" } });
  await broker.up();
  const state = async () => (await call("GET", `/v1/messages/${answer.body.messageId}`)).body.state;
  await expect.poll(state, { timeout: 10_000 }).toBe("acknowledged");
  await expect.poll(() => arrived.length, { timeout: 5_000 }).toBe(1);
});
