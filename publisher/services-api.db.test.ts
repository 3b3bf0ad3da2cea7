import { randomUUID } from "node:crypto";
import fc from "fast-check";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createApiKey, revokeApiKey } from "@/lib/access/api-keys";
import { SERVICE_PERMISSIONS } from "@/lib/access/terms";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { createLiveConnectClient, type LiveConnectClient } from "@/clients/typescript/client";
import document from "@/clients/typescript/openapi.json";
import { startBareBroker, type BareBroker } from "@/test/bare-broker";
import { freePort } from "@/test/free-port";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, makePerson, testContext } from "@/test/factories";
import { arbitraryOf, type JsonSchema } from "@/test/schema-arbitrary";
import { publisherEnv } from "./env";
import { startPublisher, type Publisher } from "./publisher";

const { db, url } = await testDatabase();
const admin = testContext(db, { role: "admin" });
let broker: BareBroker;
let publisher: Publisher;
let apiKey: string;
let api: LiveConnectClient;

beforeAll(async () => {
  await migrateQueue({ url, log: admin.log });
  broker = await startBareBroker();
  publisher = await startPublisher(
    readEnv(publisherEnv, {
      DATABASE_URL: url,
      PUBLISHER_PORT: String(await freePort()),
      PUBLISHER_USERNAME: "publisher",
      PUBLISHER_PASSWORD: randomUUID(),
      PUBLISHER_INSTANCE: "api",
      PUBLISHER_RATE_PER_SECOND: "100000",
      BROKER_NODES: JSON.stringify([
        { name: "pub-1", role: "publisher", adminUrl: "http://127.0.0.1:1", mqttUrl: broker.url },
      ]),
    }),
    createLog("publisher", "silent"),
  );
  ({ key: apiKey } = await createApiKey(admin, { name: "All", permissions: [...SERVICE_PERMISSIONS] }));
  api = createLiveConnectClient({ baseUrl: publisher.url, apiKey });
  await vi.waitFor(async () => expect((await fetch(`${publisher.url}/readyz`)).status).toBe(200), 5_000);
});
afterAll(async () => {
  await publisher.close();
  await broker.close();
});

/** A client whose session is open or queued. */
async function connectedClient(rank: 0 | 1 = 0) {
  const [client, node] = [await makeClient(db), await makeNode(db)];
  const startedAtMs = Date.now() - 60_000;
  await db.pool.query(
    `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at) values ($1, $2, $3, $4, 'hook', $4)`,
    [client.clientKey, startedAtMs * 4_000 + rank, node.nodeId, new Date(startedAtMs)],
  );
  return client;
}

describe("a message says what is known of whom it is for", () => {
  const recipientOf = async (clientId: string) => {
    const { data } = await api.POST("/v1/messages", { body: { to: { clientId }, payload: "x" } });
    return data?.targets[0]?.recipient;
  };

  test("a client that is online, one whose session keeps it, one nobody ever saw", async () => {
    expect(await recipientOf((await connectedClient(0)).clientId)).toBe("online");
    expect(await recipientOf((await connectedClient(1)).clientId)).toBe("queued_for_offline_session");
    expect(await recipientOf("never-seen")).toBe("client_unknown");
  });

  test("a person's message goes to each of their clients, once however often the call is repeated", async () => {
    const { personId } = await makePerson(db);
    const clients = [await makeClient(db, { personId }), await makeClient(db, { personId })];
    const call = {
      params: { header: { "idempotency-key": randomUUID() } },
      body: { to: { personId }, payload: "both", waitFor: "acknowledged" as const },
    };
    const [first, again] = [await api.POST("/v1/messages", call), await api.POST("/v1/messages", call)];
    const ids = clients.map(({ clientId }) => clientId).toSorted();
    expect(first.data?.targets.map(({ clientId }) => clientId).toSorted()).toEqual(ids);
    expect(first.data).toMatchObject({ state: "acknowledged", acknowledgement: "puback" });
    expect(again.data?.targets.map(({ messageId, repeated }) => [messageId, repeated])).toEqual(
      first.data?.targets.map(({ messageId }) => [messageId, true]),
    );
    expect(again.response.headers.get("idempotent-replayed")).toBe("true");
    const nobody = await api.POST("/v1/messages", { body: { to: { personId: "nobody" }, payload: "x" } });
    expect(nobody.error).toMatchObject({ status: 404, code: "NOT_FOUND" });
  });

  test("a group's message goes to its topic", async () => {
    const { data } = await api.POST("/v1/messages", { body: { to: { group: "android" }, payload: "x" } });
    expect(data?.targets[0]).toMatchObject({ topicName: "lc/v1/groups/android", clientId: null, recipient: null });
  });

  test("a command is waited for until its device answers, and the answer is in the answer", async () => {
    const { clientId } = await makeClient(db);
    const device = await mqtt.connectAsync(broker.url, { clientId });
    await device.subscribeAsync(`lc/v1/clients/${clientId}/commands`, { qos: 1 });
    device.on("message", (_topicName, payload) => {
      const { id } = JSON.parse(String(payload)) as { id: string };
      device.publish(`lc/v1/clients/${clientId}/events`, JSON.stringify({ commandId: id, type: "pong", clock: 7 }), {
        qos: 1,
      });
    });
    const command = { id: randomUUID(), type: "ping" };
    const to = { topicName: `lc/v1/clients/${clientId}/commands` };
    const { data } = await api.POST("/v1/messages", {
      body: { to, payload: JSON.stringify(command), waitFor: "answered" },
    });
    expect(data?.targets[0]).toMatchObject({
      state: "acknowledged",
      answer: { type: "pong", body: { commandId: command.id, clock: 7 } },
    });
    const unanswerable = await api.POST("/v1/messages", { body: { to, payload: "no command", waitFor: "answered" } });
    expect(unanswerable.error?.code).toBe("VALIDATION");
    await device.endAsync(true);
  });
});

test("a message to many clients is a send: counted, told how far it is, asked for by its message's id, paused and cancelled", async () => {
  const one = await connectedClient(0);
  const clients = { clientIds: [one.clientId, "never-seen"] };
  const counted = await api.POST("/v1/sends/count", { body: { clients } });
  expect(counted.data).toMatchObject({ total: 1, online: 1, neverSeen: 1 });
  const call = {
    params: { header: { "idempotency-key": randomUUID() } },
    body: { to: { clients, ratePerSecond: 50 }, payload: "to each" },
  };
  const [first, again] = [await api.POST("/v1/messages", call), await api.POST("/v1/messages", call)];
  expect(first.response.status).toBe(202);
  expect(again.response.headers.get("idempotent-replayed")).toBe("true");
  const sendId = first.data?.messageId ?? "";
  expect(again.data?.messageId).toBe(sendId);
  const path = { params: { path: { sendId } } };
  await expect
    .poll(async () => (await api.GET("/v1/sends/{sendId}", path)).data, { timeout: 5_000 })
    .toMatchObject({ state: "finished", expected: 1, done: 1, failed: 0, ratePerSecond: 50 });
  const asMessage = await api.GET("/v1/messages/{messageId}", { params: { path: { messageId: sendId } } });
  expect(asMessage.data).toMatchObject({ sendId, state: "finished" });
  expect((await api.GET("/v1/sends", {})).data?.sends[0]).toMatchObject({ sendId });

  const slow = await api.POST("/v1/messages", { body: { to: { clients: {}, ratePerSecond: 1 }, payload: "slowly" } });
  const slowPath = { params: { path: { sendId: slow.data?.messageId ?? "" } } };
  expect((await api.POST("/v1/sends/{sendId}/pause", slowPath)).data).toMatchObject({ state: "paused" });
  expect((await api.POST("/v1/sends/{sendId}/resume", slowPath)).data).toMatchObject({ state: "running" });
  expect((await api.POST("/v1/sends/{sendId}/cancel", slowPath)).data).toMatchObject({ state: "cancelled" });
  expect((await api.POST("/v1/sends/{sendId}/resume", slowPath)).error?.code).toBe("CONFLICT");
  for (const wrong of [{ retain: true }, { waitFor: "acknowledged" as const }])
    expect((await api.POST("/v1/messages", { body: { to: { clients }, payload: "x", ...wrong } })).error?.code).toBe(
      "VALIDATION",
    );
});

test("an idempotency key is one message's or one send's, whichever came first; the other is told which, and nothing goes out", async () => {
  const { clientId } = await connectedClient(0);
  const params = () => ({ params: { header: { "idempotency-key": randomUUID() } } });
  const message = { to: { topicName: "orders/5" }, payload: "x", waitFor: "acknowledged" as const };
  const send = { to: { clients: { clientIds: [clientId] } }, payload: "x" };
  const [first, second] = [params(), params()];
  expect((await api.POST("/v1/messages", { ...first, body: message })).response.status).toBe(200);
  const asSend = await api.POST("/v1/messages", { ...first, body: send });
  expect(asSend.error).toMatchObject({ code: "CONFLICT", detail: expect.stringContaining("used for a message") });
  expect((await api.POST("/v1/messages", { ...second, body: send })).response.status).toBe(202);
  const asMessage = await api.POST("/v1/messages", { ...second, body: message });
  expect(asMessage.error).toMatchObject({ code: "CONFLICT", detail: expect.stringContaining("used for a send") });
  // what follows is still sent at once, in order
  expect((await api.POST("/v1/messages", { ...params(), body: message })).data?.state).toBe("acknowledged");
});

test("of a batch each message has its own result, in order; one that is refused keeps no other from going out", async () => {
  const key = randomUUID();
  const { data, error } = await api.POST("/v1/messages/batch", {
    body: {
      messages: [
        { to: { topicName: "orders/1" }, payload: "a", waitFor: "acknowledged" },
        { to: { topicName: "orders/#" }, payload: "b" },
        { to: { topicName: "orders/3" }, payload: "c", idempotencyKey: key },
        { to: { topicName: "orders/3" }, payload: "c", idempotencyKey: key },
        { to: { topicName: "orders/3" }, payload: "another", idempotencyKey: key },
      ],
    },
  });
  expect(error).toBeUndefined();
  const told = data?.results.map((result) => ("problem" in result ? result.problem.code : result.state));
  expect(told?.[0]).toBe("acknowledged");
  expect(told?.[1]).toBe("VALIDATION");
  expect(told?.[4]).toBe("CONFLICT");
  expect(await db.prisma.message.count({ where: { idempotencyKey: key } })).toBe(1);
});

test("a key publishes to its topic filters only, at its own rate, and is refused at once when it is revoked", async () => {
  const { key, apiKeyId } = await createApiKey(admin, {
    name: "Orders",
    permissions: ["publish.send"],
    topicFilters: ["orders/+", "lc/v1/clients/and-1/inbox"],
    ratePerSecond: 20,
  });
  const orders = createLiveConnectClient({ baseUrl: publisher.url, apiKey: key });
  const publish = (to: { topicName: string } | { clientId: string } | { group: string }) =>
    orders.POST("/v1/messages", { body: { to, payload: "x" } });
  expect((await publish({ topicName: "orders/1" })).response.headers.get("ratelimit-limit")).toBe("20");
  expect((await publish({ clientId: "and-1" })).response.status).toBe(202);
  for (const to of [{ topicName: "orders/1/private" }, { clientId: "and-2" }, { group: "android" }])
    expect((await publish(to)).error?.code).toBe("FORBIDDEN");
  const many = await Promise.all(Array.from({ length: 40 }, () => publish({ topicName: "orders/1" })));
  expect(many.find(({ response }) => response.status === 429)?.response.headers.get("retry-after")).toBe("1");
  await revokeApiKey(admin, { apiKeyId });
  await expect
    .poll(async () => (await publish({ topicName: "orders/1" })).response.status, { timeout: 2_000 })
    .toBe(401);
});

test("a log is asked for, looked at and cancelled by the same verbs as the console's", async () => {
  const { clientId } = await makeClient(db);
  const asked = await api.POST("/v1/log-requests", { body: { clientId, reason: "calls fail" } });
  const logRequestId = asked.data?.logRequestId ?? "";
  const path = { params: { path: { logRequestId } } };
  expect((await api.GET("/v1/log-requests/{logRequestId}", path)).data).toMatchObject({ clientId, state: "waiting" });
  expect((await api.DELETE("/v1/log-requests/{logRequestId}", path)).data).toEqual({ state: "cancelled" });
  expect((await api.DELETE("/v1/log-requests/{logRequestId}", path)).error?.code).toBe("CONFLICT");
});

test("the document is served to anyone, and is the one the client was made of", async () => {
  const served = await fetch(`${publisher.url}/v1/openapi.json`);
  expect(await served.json()).toEqual(document);
});

interface DocumentOperation {
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
}

describe("every operation, given bodies of its schema and others, answers no 500 and nothing of our insides", () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, DocumentOperation>).map(([method, operation]) => ({
      method,
      path,
      operation,
    })),
  );

  test.each(operations)("$method $path", async ({ method, path, operation }) => {
    const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
    const body = content ? arbitraryOf(content.schema) : fc.constant(undefined);
    const segment = fc.oneof(
      fc.uuid(),
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.constantFrom("and-1", "..", "\u0000"),
    );
    await fc.assert(
      fc.asyncProperty(body, segment, async (given, part) => {
        const asked = path.replaceAll(/\{\w+\}/g, encodeURIComponent(part));
        const response = await fetch(publisher.url + asked, {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${apiKey}`, ...(type ? { "content-type": type } : {}) },
          ...(type ? { body: type.includes("ndjson") ? `${JSON.stringify(given)}\n{` : JSON.stringify(given) } : {}),
        });
        const text = await response.text();
        expect([response.status, text]).toSatisfy(([status]) => status < 500);
        // stacks, paths of ours, SQL, names of libraries
        expect(text).not.toMatch(/\bat \w+ \(|node_modules|prisma|pg_|select .* from|\.ts:\d/i);
        if (response.status >= 400)
          expect(JSON.parse(text)).toMatchObject({ status: response.status, code: expect.any(String) });
      }),
      // enough to have found what it found; more by hand
      { numRuns: 40 },
    );
  });
});
