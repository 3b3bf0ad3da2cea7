import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { openObjectStore } from "@/lib/storage/object-store";
import { testDatabase } from "@/test/database";
import { makeClient, rolesWithout, testContext } from "@/test/factories";
import { testObjectStore } from "@/test/object-store";
import { cancelLogRequest } from "./cancel-log-request";
import { getLogRequest } from "./get-log-request";
import { indexLog } from "./index-log";
import { ingestLog } from "./ingest-log";
import { originalKeyOf } from "./log/original";
import { openLogReader } from "./log/log-reader";
import { readLog } from "./read-log";
import { requestLog } from "./request-log";
import type { LineClass, LogLine } from "./schemas";
import { logKeyOf, uploadKeyOf } from "./send-command";
import { summariseLog } from "./summarise-log";

const { db, url } = await testDatabase();
const { store } = await testObjectStore();
await migrateQueue({ url, log: createLog("test", "silent") });
const engineer = testContext(db, { role: "engineer" });
const worker = testContext(db, { process: "worker" });
const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-test-"));
const reader = await openLogReader({ store, folder: path.join(folder, "cache"), maxBytes: 1_000_000 });
afterAll(() => {
  reader.close();
  return rm(folder, { recursive: true, force: true });
});

interface Upload {
  content: Buffer;
  announcedBytes?: number;
  sha256?: string;
  stored?: boolean;
}

/** A request in state received, its upload in the store, as the device events would have left it. */
async function received({ content, announcedBytes, sha256, stored = true }: Upload): Promise<string> {
  const { clientId } = await makeClient(db);
  const { logRequestId } = await requestLog(engineer, { clientId, reason: "app freezes" });
  const file = path.join(folder, "upload");
  await writeFile(file, content);
  const key = uploadKeyOf(logRequestId);
  if (stored) await store.putFile({ key, file, contentType: "application/octet-stream" });
  await db.prisma.logRequest.update({
    where: { id: logRequestId },
    data: {
      state: "received",
      uploadKey: key,
      announcedBytes: announcedBytes ?? content.length,
      announcedSha256: sha256 ?? createHash("sha256").update(content).digest("hex"),
    },
  });
  return logRequestId;
}

const KEEP = { logDays: 30, originalDays: 7 };

const ingest = (logRequestId: string, isLastAttempt = false) =>
  ingestLog(worker, { store, logRequestId, isLastAttempt, keep: KEEP });

const START = Date.parse("2026-11-19T14:00:00Z");
const statusAt = (index: number): number | null => (index % 100 === 7 ? null : index % 50 === 3 ? 503 : 200);
const calls = (count: number): Buffer =>
  Buffer.from(
    Array.from({ length: count }, (_, index) =>
      JSON.stringify({
        t: new Date(START + index * 1_000).toISOString(),
        method: index % 50 === 3 ? "POST" : "GET",
        url: `https://api.x/v1/orders/ABC-${index}?token=secret${index}`,
        status: statusAt(index),
        ms: index,
        bytes: 100,
        attempt: 1,
        app: "12.4.1",
      }),
    ).join("\n"),
  );

const temporaryFolders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("liveconnect-ingest-"));

test.each([
  ["as it is", (content: Buffer) => content],
  ["gzipped", (content: Buffer) => gzipSync(content)],
])("a good log, %s, becomes ready, and its plain upload is gone", async (_, packed) => {
  const logRequestId = await received({ content: packed(calls(1_000)) });
  await ingest(logRequestId);
  const life = await getLogRequest(engineer, { logRequestId });
  expect(life).toMatchObject({ state: "ready", calls: 1_000, failedCalls: 30, failure: null });
  expect(life.firstCallAt).toBe("2026-11-19T14:00:00.000Z");
  expect(await store.head(uploadKeyOf(logRequestId))).toBeNull();
  expect((await store.head(logKeyOf(logRequestId)))?.bytes).toBeGreaterThan(0);
  const row = await db.prisma.logRequest.findUniqueOrThrow({ where: { id: logRequestId } });
  expect(row).toMatchObject({
    logApp: "12.4.1",
    logFormat: "lines",
    redacted: { token: 1_000 },
    gaps: 0,
    clockAheadMs: null,
  });
  expect((await store.head(originalKeyOf(logRequestId)))?.bytes).toBeGreaterThan(0);
  await ingest(logRequestId);
  expect(await store.head(logKeyOf(logRequestId))).not.toBeNull();
  expect(await temporaryFolders()).toEqual([]);
});

test.each<[string, Upload, string]>([
  ["cut short", { content: calls(10), announcedBytes: 50_000 }, "truncated"],
  ["longer than announced", { content: calls(10), announcedBytes: 100 }, "tooLarge"],
  ["of another checksum", { content: calls(10), sha256: "0".repeat(64) }, "wrongChecksum"],
  ["never put", { content: calls(10), stored: false }, "missing"],
  ["a picture", { content: Buffer.from("89504e470d0a1a0a0000000d49484452", "hex") }, "notALog"],
  ["a page of text", { content: Buffer.from("Dear diary,\ntoday nothing failed.\n") }, "notALog"],
  ["a damaged gzip", { content: gzipSync(calls(500)).fill(0x55, 400, 800) }, "notALog"],
  ["a gzip cut short", { content: gzipSync(calls(500)).subarray(0, 900) }, "truncated"],
  ["a bomb", { content: gzipSync(Buffer.alloc(64 * 1024 * 1024)) }, "inflatesTooMuch"],
])("an upload that is %s fails by name, and nothing of it stays", async (_, upload, failure) => {
  const logRequestId = await received(upload);
  await ingest(logRequestId);
  expect(await getLogRequest(engineer, { logRequestId })).toMatchObject({ state: "failed", failure: { failure } });
  expect(await store.head(uploadKeyOf(logRequestId))).toBeNull();
  for (const key of [logKeyOf(logRequestId), originalKeyOf(logRequestId)]) expect(await store.head(key)).toBeNull();
  expect(await temporaryFolders()).toEqual([]);
});

test("a store that is away is tried again, and at last named as our failure", async () => {
  const logRequestId = await received({ content: calls(10) });
  const away = openObjectStore({
    S3_ENDPOINT: "http://127.0.0.1:1",
    S3_REGION: "us-east-1",
    S3_BUCKET: "logs",
    S3_ACCESS_KEY_ID: "a",
    S3_SECRET_ACCESS_KEY: "b",
  });
  const first = ingestLog(worker, { store: away, logRequestId, isLastAttempt: false, keep: KEEP });
  await expect(first).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect((await getLogRequest(engineer, { logRequestId })).state).toBe("received");
  await ingestLog(worker, { store: away, logRequestId, isLastAttempt: true, keep: KEEP }).catch(() => undefined);
  expect(await getLogRequest(engineer, { logRequestId })).toMatchObject({ failure: { failure: "ours" } });
});

test("a request cancelled before its log was ingested leaves nothing behind", async () => {
  const logRequestId = await received({ content: calls(10) });
  await cancelLogRequest(engineer, { logRequestId });
  await ingest(logRequestId);
  expect((await getLogRequest(engineer, { logRequestId })).state).toBe("cancelled");
  expect(await store.head(uploadKeyOf(logRequestId))).toBeNull();
});

async function readAll(logRequestId: string, filter: { classes?: LineClass[]; text?: string; limit?: number } = {}) {
  const lines: LogLine[] = [];
  for (let after: number | null = 0; after !== null;) {
    const page = await readLog(reader)(engineer, { logRequestId, after, limit: 500, ...filter });
    lines.push(...page.lines);
    after = page.next;
  }
  return lines;
}

test("a log is read in its order by pages, by class and by text, each page in the audit", async () => {
  const logRequestId = await received({ content: Buffer.concat([calls(1_200), Buffer.from("\n-- app restarted --")]) });
  await ingest(logRequestId);
  const all = await readAll(logRequestId, { limit: 170 });
  expect(all.map((line) => line.n)).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1));
  expect(all[3]).toMatchObject({ class: "5xx", status: 503, method: "POST", endpoint: "POST /v1/orders/{id}" });
  expect(all[3]?.t).toBe("2026-11-19T14:00:03.000Z");
  expect(all.at(-1)).toMatchObject({ class: "text", t: null, raw: "-- app restarted --", rawCut: false });
  expect(JSON.stringify(all)).not.toContain("secret");
  const failed = await readAll(logRequestId, { classes: ["5xx", "none"] });
  expect(failed).toHaveLength(24 + 12);
  expect((await readAll(logRequestId, { text: " abc-77? " })).map((line) => line.n)).toEqual([78]);
  const index = await indexLog(reader)(engineer, { logRequestId, text: "ABC-77", classes: ["5xx"] });
  expect(index).toMatchObject({ total: 0, failed: 0, anchors: [], counts: { "2xx": 11, "5xx": 0, text: 0 } });
  const audit = await db.prisma.auditEvent.count({ where: { subjectId: logRequestId, action: "diagnostics.readLog" } });
  expect(audit).toBe(8 + 1 + 1);
});

test("what is searched for is a value, never SQL", async () => {
  const logRequestId = await received({ content: calls(5) });
  await ingest(logRequestId);
  for (const text of ["' or 1=1 --", "%", "$file", "\\", '"; drop table x'])
    expect(await readAll(logRequestId, { text })).toEqual([]);
});

test("a log says at a glance what is wrong in it", async () => {
  const logRequestId = await received({ content: calls(1_000) });
  await ingest(logRequestId);
  const summary = await summariseLog(reader)(engineer, { logRequestId });
  expect(summary).toMatchObject({
    calls: 1_000,
    textLines: 0,
    counts: { "2xx": 970, "3xx": 0, "4xx": 0, "5xx": 20, none: 10 },
    worstEndpoint: { endpoint: "POST /v1/orders/{id}", failed: 20, calls: 20 },
    firstFailure: { n: 4, status: 503, t: "2026-11-19T14:00:03.000Z" },
    slowest: { n: 1_000, ms: 999 },
    histogram: { startAt: "2026-11-19T14:00:00.000Z", barMs: 15_000 },
  });
  const total = summary.histogram?.bars.reduce((sum, bar) => sum + bar["2xx"] + bar["5xx"] + bar.none, 0);
  expect(total).toBe(1_000);
  expect(
    await db.prisma.auditEvent.count({ where: { subjectId: logRequestId, action: "diagnostics.summariseLog" } }),
  ).toBe(1);
});

test.each(rolesWithout("diagnostics.readLog"))("the role %s may not read a log", async (role) => {
  const logRequestId = await received({ content: calls(1) });
  const refused = testContext(db, { role });
  await expect(readLog(reader)(refused, { logRequestId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(summariseLog(reader)(refused, { logRequestId })).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a log that is not ready is a conflict; one whose file is gone says so", async () => {
  const logRequestId = await received({ content: calls(1) });
  await expect(readLog(reader)(engineer, { logRequestId })).rejects.toMatchObject({ code: "CONFLICT" });
  await ingest(logRequestId);
  await store.delete(logKeyOf(logRequestId));
  await expect(readLog(reader)(engineer, { logRequestId })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("the local files stay within their bytes, the longest unused going first", async () => {
  const cache = path.join(folder, "small");
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const logRequestId = await received({ content: calls(300) });
    await ingest(logRequestId);
    ids.push(logRequestId);
  }
  const oneFile = (await store.head(logKeyOf(ids[0] ?? "")))?.bytes ?? 0;
  const small = await openLogReader({ store, folder: cache, maxBytes: oneFile * 2.5 });
  for (const logRequestId of ids) await readLog(small)(engineer, { logRequestId, limit: 1 });
  small.close();
  expect((await readdir(cache)).toSorted()).toEqual(
    ids
      .slice(1)
      .map((id) => `${id}.parquet`)
      .toSorted(),
  );
});
