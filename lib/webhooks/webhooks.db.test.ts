import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { deliverDue, forgetOldDeliveries, listDueEndpoints } from "./deliver-due";
import {
  changeWebhookEndpoint,
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  replayWebhookDelivery,
  rotateWebhookSecret,
  testWebhookEndpoint,
} from "./endpoints";
import { listWebhookDeliveries } from "./list-deliveries";
import { listWebhookEndpoints } from "./list-endpoints";
import { isWebhookWanted, queueWebhook } from "./queue-webhook";

const { db } = await testDatabase();
const admin = testContext(db, { role: "admin" });

interface Received {
  body: string;
  headers: Record<string, string>;
}
const received: Received[] = [];
let status = 204;
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  received.push({ body: Buffer.concat(chunks).toString(), headers });
  response.writeHead(status).end();
});
await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
afterAll(() => receiver.close());

process.env.SEALING_KEY = randomBytes(32).toString("base64");
process.env.WEBHOOK_ALLOWED_HOSTS = "127.0.0.1";

beforeEach(async () => {
  await db.pool.query("truncate webhook_endpoints cascade");
  received.splice(0);
  status = 204;
});

const make = () => createWebhookEndpoint(admin, { name: "orders", url, eventTypes: ["presence.changed"] });
const event = { type: "presence.changed" as const, at: new Date("2026-11-22T00:00:00Z"), data: { clients: [] } };
const deliver = (endpointId: string) => deliverDue(admin, { endpointId, signal: new AbortController().signal });
const deliveries = async (endpointId: string) => (await listWebhookDeliveries(admin, { endpointId })).deliveries;
const due = (endpointId: string) =>
  db.pool.query("update webhook_deliveries set next_at = now() where endpoint_id = $1", [endpointId]);

describe("a webhook message", () => {
  test("is queued with what it tells of, delivered once, and verifies with the endpoint's secret", async () => {
    const { endpointId, secret } = await make();
    await expect(
      db.prisma.$transaction(async (tx) => {
        await queueWebhook(tx, event);
        throw new Error("rolled back");
      }),
    ).rejects.toThrow();
    expect(await listDueEndpoints(db.pool)).toEqual([]);
    expect(await queueWebhook(db.prisma, event)).toBe(1);
    expect(await listDueEndpoints(db.pool)).toEqual([endpointId]);
    expect(await deliver(endpointId)).toEqual({ delivered: 1, failed: 0 });
    expect(await deliver(endpointId)).toEqual({ delivered: 0, failed: 0 });
    const [message] = received;
    if (!message) throw new Error("nothing came");
    expect(new Webhook(secret).verify(message.body, message.headers)).toEqual({
      type: "presence.changed",
      timestamp: "2026-11-22T00:00:00.000Z",
      data: { clients: [] },
    });
    expect(await deliveries(endpointId)).toMatchObject([
      { state: "delivered", tries: [{ status: 204 }], nextAt: null },
    ]);
  });

  test("goes only to enabled endpoints that want its type", async () => {
    const { endpointId } = await make();
    expect(await queueWebhook(db.prisma, { ...event, type: "alert.opened" })).toBe(0);
    expect(await isWebhookWanted(db.prisma, "alert.opened")).toBe(false);
    await changeWebhookEndpoint(admin, { endpointId, state: "disabled" });
    expect(await queueWebhook(db.prisma, event)).toBe(0);
    await expect(testWebhookEndpoint(admin, { endpointId })).rejects.toMatchObject({ code: "CONFLICT" });
    await changeWebhookEndpoint(admin, { endpointId, state: "enabled" });
    expect(await isWebhookWanted(db.prisma, "presence.changed")).toBe(true);
  });

  test("that is refused is tried again later, with the same id, and given up after ten attempts; then it can be replayed", async () => {
    const { endpointId } = await make();
    await queueWebhook(db.prisma, event);
    status = 500;
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      expect(await deliver(endpointId)).toEqual({ delivered: 0, failed: 1 });
      const [told] = await deliveries(endpointId);
      expect(told?.tries).toHaveLength(attempt);
      expect(told?.state).toBe(attempt < 10 ? "pending" : "failed");
      if (attempt === 1) expect(Date.parse(told?.nextAt ?? "") - Date.now()).toBeGreaterThan(3_000);
      // not due before its wait is over
      expect(await deliver(endpointId)).toEqual({ delivered: 0, failed: 0 });
      if (attempt < 10) await due(endpointId);
    }
    expect((await listWebhookEndpoints(admin, {}))[0]).toMatchObject({ failed: 1, pending: 0 });
    status = 200;
    const [failed] = await deliveries(endpointId);
    await replayWebhookDelivery(admin, { deliveryId: failed?.deliveryId ?? 0 });
    expect(await deliver(endpointId)).toEqual({ delivered: 1, failed: 0 });
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(await forgetOldDeliveries(db.pool)).toBe(0);
  });

  test("is signed with the old secret and the new one after a rotation", async () => {
    const { endpointId, secret } = await make();
    const rotated = await rotateWebhookSecret(admin, { endpointId });
    await testWebhookEndpoint(admin, { endpointId });
    await deliver(endpointId);
    const [message] = received;
    if (!message) throw new Error("nothing came");
    for (const known of [secret, rotated.secret])
      expect(new Webhook(known).verify(message.body, message.headers)).toMatchObject({ type: "webhook.test" });
  });

  test("that a worker took and died with is sent by another once its lease is over", async () => {
    const { endpointId } = await make();
    await queueWebhook(db.prisma, event);
    // as a worker that was killed between taking and sending leaves it
    await db.pool.query("update webhook_deliveries set attempts = 1, next_at = now() + interval '60 seconds'");
    expect(await deliver(endpointId)).toEqual({ delivered: 0, failed: 0 });
    await due(endpointId);
    expect(await deliver(endpointId)).toEqual({ delivered: 1, failed: 0 });
  });

  test("two workers never send the same one", async () => {
    const { endpointId } = await make();
    for (let i = 0; i < 20; i += 1) await queueWebhook(db.prisma, event);
    await Promise.all([deliver(endpointId), deliver(endpointId)]);
    expect(received).toHaveLength(20);
  });

  test("is dropped and counted when too many wait for its endpoint", async () => {
    const { endpointId } = await make();
    await db.pool.query(
      `insert into webhook_deliveries (endpoint_id, event_id, type, body)
       select $1, 'evt_' || n, 'presence.changed', '{}' from generate_series(1, 20000) n`,
      [endpointId],
    );
    expect(await queueWebhook(db.prisma, event)).toBe(0);
    expect((await listWebhookEndpoints(admin, {}))[0]).toMatchObject({ dropped: 1, pending: 20_000 });
  });
});

describe("endpoints", () => {
  test("are made only for URLs that may be sent to, and their secret is told once and kept sealed", async () => {
    await expect(
      createWebhookEndpoint(admin, { name: "x", url: "https://10.0.0.1/", eventTypes: ["presence.changed"] }),
    ).rejects.toMatchObject({ code: "VALIDATION" });
    const { secret } = await make();
    const shown = JSON.stringify(await listWebhookEndpoints(admin, {}));
    expect(shown).not.toContain(secret);
    const { rows } = await db.pool.query<{ text: string }>(
      "select encode(secret_sealed, 'escape') as text from webhook_endpoints",
    );
    expect(rows[0]?.text).not.toContain(secret.slice(6));
  });

  test("each change leaves an audit row, is refused without the permission, and a second one is harmless", async () => {
    const { endpointId } = await make();
    await queueWebhook(db.prisma, event);
    const deliveryId = (await deliveries(endpointId))[0]?.deliveryId ?? 0;
    const input = { endpointId };
    for (const role of rolesWithout("access.manage")) {
      const other = testContext(db, { role });
      const refused = [
        createWebhookEndpoint(other, { name: "x", url, eventTypes: ["presence.changed"] }),
        rotateWebhookSecret(other, input),
        changeWebhookEndpoint(other, { endpointId, state: "disabled" }),
        testWebhookEndpoint(other, input),
        replayWebhookDelivery(other, { deliveryId }),
        deleteWebhookEndpoint(other, input),
      ];
      for (const attempt of refused) await expect(attempt).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    for (let twice = 0; twice < 2; twice += 1) {
      await changeWebhookEndpoint(admin, { endpointId, state: "enabled" });
      await replayWebhookDelivery(admin, { deliveryId });
      await rotateWebhookSecret(admin, input);
    }
    await deleteWebhookEndpoint(admin, input);
    await deleteWebhookEndpoint(admin, input);
    await expect(rotateWebhookSecret(admin, input)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const audited = await db.prisma.auditEvent.groupBy({
      by: ["action"],
      where: { subjectId: endpointId },
      _count: true,
    });
    expect(Object.fromEntries(audited.map((row) => [row.action, row._count]))).toEqual({
      "webhooks.createWebhookEndpoint": 1,
      "webhooks.changeWebhookEndpoint": 2,
      "webhooks.replayWebhookDelivery": 2,
      "webhooks.rotateWebhookSecret": 2,
      "webhooks.deleteWebhookEndpoint": 2,
    });
  });
});
