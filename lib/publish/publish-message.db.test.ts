import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { listen } from "@/lib/events/listen";
import type { LiveEvent } from "@/lib/events/schemas";
import { createLog } from "@/lib/log/log";
import { inTransaction } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { enqueueMessage } from "./enqueue-message";
import { getMessage } from "./get-message";
import { listMessages } from "./list-messages";
import { publishMessage } from "./publish-message";
import { readPayload } from "./read-payload";
import { recordDeviceEvent } from "./record-device-event";

const { db, url } = await testDatabase();
const message = { to: { topicName: "orders/1" }, payload: '{"status":"delivered"}' };

test("a published message is in the outbox with its audit row, and the audit has no payload", async () => {
  const ctx = testContext(db);
  const { messageId } = await publishMessage(ctx, { ...message, qos: 2, retain: true, expirySeconds: 60 });
  const status = await getMessage(ctx, { messageId });
  expect(status).toMatchObject({
    topicName: "orders/1",
    qos: 2,
    retain: true,
    state: "accepted",
    source: "console",
    payloadBytes: 22,
    clientId: null,
    acknowledgedAt: null,
  });
  expect(Date.parse(status.expiresAt ?? "") - Date.parse(status.acceptedAt)).toBe(60_000);
  const [audited] = await db.prisma.auditEvent.findMany({ where: { subjectId: messageId } });
  expect(audited).toMatchObject({ action: "publish.publishMessage", actorId: ctx.actor.id, requestId: ctx.requestId });
  expect(JSON.stringify(audited?.details)).not.toContain("delivered");
});

test("a message to a client goes to its inbox and is known as the client's", async () => {
  const ctx = testContext(db);
  const { messageId } = await publishMessage(ctx, { to: { clientId: "and-1" }, payload: "hi" });
  expect(await getMessage(ctx, { messageId })).toMatchObject({
    topicName: "lc/v1/clients/and-1/inbox",
    clientId: "and-1",
  });
});

test.each(rolesWithout("publish.send"))("the role %s may not publish, and nothing is written", async (role) => {
  const topicName = `refused/${randomUUID()}`;
  const refused = publishMessage(testContext(db, { role }), { to: { topicName }, payload: "x" });
  await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await db.prisma.message.count({ where: { topicName } })).toBe(0);
});

test("nobody publishes in the name of a device, nor to the broker's own topics", async () => {
  for (const topicName of ["lc/v1/clients/and-1/events", "$SYS/x", "orders/#"]) {
    const refused = publishMessage(testContext(db), { to: { topicName }, payload: "x" });
    await expect(refused).rejects.toMatchObject({ code: "VALIDATION" });
  }
});

test("a second call with the same idempotency key publishes nothing more; another message with it is a conflict", async () => {
  const ctx = testContext(db, { permissions: ["publish.send"] });
  const idempotencyKey = randomUUID();
  const calls = await Promise.all([1, 2, 3].map(() => publishMessage(ctx, { ...message, idempotencyKey })));
  expect(new Set(calls.map((call) => call.messageId)).size).toBe(1);
  expect(calls.filter((call) => !call.repeated)).toHaveLength(1);
  expect(await db.prisma.message.count({ where: { idempotencyKey } })).toBe(1);
  const other = publishMessage(ctx, { ...message, payload: "another", idempotencyKey });
  await expect(other).rejects.toMatchObject({ code: "CONFLICT" });
  const elsewhere = testContext(db, { permissions: ["publish.send"] });
  expect((await publishMessage(elsewhere, { ...message, idempotencyKey })).repeated).toBe(false);
  await db.pool.query("update messages set accepted_at = now() - interval '25 hours' where actor_id = $1", [
    ctx.actor.id,
  ]);
  expect((await publishMessage(ctx, { ...message, payload: "another", idempotencyKey })).repeated).toBe(false);
});

test("a message goes out only if the transaction it belongs to commits", async () => {
  const topicName = `rolled-back/${randomUUID()}`;
  const ctx = testContext(db, { process: "worker" });
  const failing = inTransaction(ctx, async (txCtx) => {
    await enqueueMessage(txCtx, { topicName, payload: Uint8Array.from([1]), qos: 1, source: "diagnostics" });
    throw new Error("the log request could not be moved");
  });
  await expect(failing).rejects.toThrow("could not be moved");
  expect(await db.prisma.message.count({ where: { topicName } })).toBe(0);
});

test("publishers are told of a message when it is committed", async () => {
  const heard: LiveEvent[] = [];
  const log = createLog("test", "silent");
  const listener = listen({ url, channels: ["publish"], log, onEvent: (event) => heard.push(event) });
  await expect.poll(() => listener.connected()).toBe(true);
  await publishMessage(testContext(db), message);
  await expect.poll(() => heard).toContainEqual({ type: "publish.accepted" });
  await listener.close();
});

test("the history is paged, newest first, without payloads", async () => {
  const ctx = testContext(db);
  const clientId = `paged-${randomUUID().slice(0, 8)}`;
  const published: string[] = [];
  for (let i = 0; i < 5; i++)
    published.unshift((await publishMessage(ctx, { to: { clientId }, payload: `secret ${i}` })).messageId);
  const first = await listMessages(ctx, { clientId, limit: 3 });
  const second = await listMessages(ctx, { clientId, limit: 3, cursor: first.nextCursor ?? undefined });
  expect([...first.messages, ...second.messages].map((one) => one.messageId)).toEqual(published);
  expect(second.nextCursor).toBeNull();
  expect(JSON.stringify(first)).not.toContain("secret");
});

test("looking at a payload leaves an audit row; commands of LiveConnect are not shown at all", async () => {
  const ctx = testContext(db);
  const { messageId } = await publishMessage(ctx, message);
  expect(await readPayload(ctx, { messageId })).toMatchObject({ text: message.payload });
  const looks = await db.prisma.auditEvent.count({ where: { subjectId: messageId, action: "publish.readPayload" } });
  expect(looks).toBe(1);
  const command = await inTransaction(testContext(db, { process: "worker" }), (txCtx) =>
    enqueueMessage(txCtx, {
      topicName: "lc/v1/clients/a/commands",
      payload: Uint8Array.from([1]),
      qos: 1,
      source: "diagnostics",
    }),
  );
  await expect(readPayload(ctx, { messageId: command.messageId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(readPayload(testContext(db, { role: "oncall" }), { messageId })).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});

test("a service sees its own messages only", async () => {
  const permissions = ["publish.send", "publish.read"] as const;
  const { messageId } = await publishMessage(testContext(db, { permissions }), message);
  const other = getMessage(testContext(db, { permissions }), { messageId });
  await expect(other).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await getMessage(testContext(db), { messageId })).source).toBe("api");
});

test("a payload is kept encrypted, and opens only with the key it was accepted with", async () => {
  const ctx = testContext(db);
  const { messageId } = await publishMessage(ctx, { ...message, payload: "the patient's address" });
  const { rows } = await db.pool.query<{ payload: Buffer }>("select payload from messages where id = $1", [messageId]);
  expect(rows[0]?.payload.includes("address")).toBe(false);
  expect((await readPayload(ctx, { messageId })).text).toBe("the patient's address");
  const key = process.env.SEALING_KEY;
  process.env.SEALING_KEY = randomBytes(32).toString("base64");
  await expect(readPayload(ctx, { messageId })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  process.env.SEALING_KEY = key;
});

test("a payload accepted before payloads were sealed is still read", async () => {
  const ctx = testContext(db);
  const { messageId } = await publishMessage(ctx, message);
  await db.pool.query("update messages set payload = 'of before', sealed = false where id = $1", [messageId]);
  expect((await readPayload(ctx, { messageId })).text).toBe("of before");
  expect((await getMessage(ctx, { messageId })).payloadBytes).toBe(9);
});

test("the app's answer is known by the command's id, of that client only", async () => {
  const ctx = testContext(db);
  const commandId = randomUUID();
  const payload = JSON.stringify({ id: commandId, type: "ping" });
  const { messageId } = await publishMessage(ctx, { to: { topicName: "lc/v1/clients/and-9/commands" }, payload });
  const hear = (clientId: string) =>
    recordDeviceEvent(db.pool, {
      topicName: `lc/v1/clients/${clientId}/events`,
      payload: Buffer.from(JSON.stringify({ commandId, type: "pong" })),
      root: "lc/v1",
    });
  await hear("and-8");
  expect(await getMessage(ctx, { messageId })).toMatchObject({ commandId, answer: null });
  await hear("and-9");
  expect((await getMessage(ctx, { messageId })).answer).toMatchObject({ type: "pong" });
});
