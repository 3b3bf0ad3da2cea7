import { createHash } from "node:crypto";
import { afterAll, expect, test, vi } from "vitest";
import { getLogRequest } from "@/lib/diagnostics/get-log-request";
import { requestLog } from "@/lib/diagnostics/request-log";
import type { LiveEvent } from "@/lib/events/schemas";
import { createLog } from "@/lib/log/log";
import { openPayload } from "@/lib/publish/kept-payload";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { freePort } from "@/test/free-port";
import { testObjectStore } from "@/test/object-store";
import { startWorker } from "./worker";

const { db, url } = await testDatabase();
const { endpoint } = await testObjectStore();
const log = createLog("test", "silent");
const port = await freePort();
// A console may ask before the first worker ever ran.
await migrateQueue({ url, log });
const worker = await startWorker(
  {
    DATABASE_URL: url,
    WORKER_HOST: "127.0.0.1",
    WORKER_PORT: port,
    BROKER_NODES: [{ name: "nowhere", role: "subscriber", adminUrl: "http://127.0.0.1:1" }],
    BROKER_API_KEY: "none",
    S3_ENDPOINT: endpoint,
    S3_REGION: "us-east-1",
    S3_BUCKET: "logs",
    S3_ACCESS_KEY_ID: "S3RVER",
    S3_SECRET_ACCESS_KEY: "S3RVER",
    WORKER_CONCURRENCY: 2,
    SWEEP_EVERY_SECONDS: 600,
    KEEP_SERIES_HOURS: 48,
    KEEP_SERIES_MINUTES_DAYS: 30,
    KEEP_SERIES_HOURS_DAYS: 730,
    AUDIT_ANCHOR_EVERY_MINUTES: 10,
    KEEP_SESSIONS_DAYS: 90,
    KEEP_LOGS_DAYS: 30,
    KEEP_ORIGINALS_DAYS: 7,
    MAIL_FROM: "alerts@test.local",
    KEEP_MESSAGES_DAYS: 30,
  },
  log,
);
afterAll(() => worker.close());

const engineer = testContext(db, { role: "engineer" });
const node = await makeNode(db);
const within = { timeout: 25_000, interval: 50 };

const tell = (channel: string, event: LiveEvent) =>
  db.pool.query("select pg_notify($1, $2)", [channel, JSON.stringify(event)]);

async function answer(clientId: string, commandId: string, body: { type: string; bytes: number; sha256: string }) {
  const contentHash = Buffer.from(JSON.stringify(body));
  const row = await db.prisma.deviceEvent.create({ data: { clientId, commandId, type: body.type, body, contentHash } });
  const deviceEventId = Number(row.id);
  await tell("publish", { type: "publish.deviceEvent", clientId, eventType: body.type, deviceEventId });
}

interface Command {
  type: string;
  upload: { url: string; method: string; headers: Record<string, string> };
}

async function commandOf(clientId: string, type: string): Promise<Command> {
  return vi.waitFor(async () => {
    const messages = await db.prisma.message.findMany({ where: { clientId } });
    const commands = messages.map((message) => JSON.parse(openPayload(message).toString()) as Command);
    const found = commands.find((command) => command.type === type);
    if (!found) throw new Error(`no ${type} yet`);
    return found;
  }, within);
}

test("a log comes from a phone that was away: asked, woken, announced, put, ingested, ready", async () => {
  const { clientId, clientKey } = await makeClient(db);
  const { logRequestId } = await requestLog(engineer, { clientId, reason: "app freezes" });
  await db.pool.query(
    `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at)
     values ($1, (extract(epoch from now()) * 1000000)::bigint * 4, $2, now(), 'hook', now())`,
    [clientKey, node.nodeId],
  );
  const online = { clientId, state: "online" as const, at: Date.now(), node: node.name };
  await tell("presence", { type: "presence.changed", clients: [online] });
  await commandOf(clientId, "logs.upload");

  const content = '{"t":"2026-11-19T21:02:16Z","method":"GET","url":"https://api.x/v1/me","status":503}\n';
  const announced = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
  await answer(clientId, logRequestId, { type: "logs.accepted", ...announced });
  const { upload } = await commandOf(clientId, "logs.put");
  expect((await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content })).status).toBe(200);
  await answer(clientId, logRequestId, { type: "logs.uploaded", ...announced });

  const life = await vi.waitFor(async () => {
    const now = await getLogRequest(engineer, { logRequestId });
    expect(now.state).toBe("ready");
    return now;
  }, within);
  expect(life).toMatchObject({ calls: 1, failedCalls: 1 });
  expect(life.steps.map((step) => step.cause)).toEqual(["requested", "dispatched", "accepted", "uploaded", "ingested"]);
}, 30_000);

test("the worker says that it lives, whether it can work, and what it did", async () => {
  expect((await fetch(`${worker.url}/healthz`)).status).toBe(200);
  await vi.waitFor(async () => {
    const ready = await fetch(`${worker.url}/readyz`);
    expect(await ready.json()).toMatchObject({ ready: true, dependencies: { queue: "ok", "object store": "ok" } });
  }, within);
  const metrics = await (await fetch(`${worker.url}/metrics`)).text();
  expect(metrics).toContain('worker_jobs_total{task="diagnostics:ingest",outcome="succeeded"} 1');
  expect(metrics).toContain('worker_log_requests{state="ready"} 1');
  expect(metrics).toContain("worker_queue_lag_seconds 0");
  expect(metrics).toContain("worker_presence_doubts 0");
  expect(metrics).toContain("nodejs_eventloop_lag_seconds");
});

test("the worker seals the audit record by itself", async () => {
  await vi.waitFor(async () => {
    expect((await db.pool.query("select from audit_seals")).rowCount).toBeGreaterThan(0);
    expect((await db.pool.query("select from audit_unsealed")).rowCount).toBe(0);
  }, within);
});
