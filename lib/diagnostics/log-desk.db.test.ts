import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeClient, rolesWithout, testContext } from "@/test/factories";
import { testObjectStore } from "@/test/object-store";
import { compareLog } from "./compare-log";
import { deleteLog } from "./delete-log";
import { downloadLog } from "./download-log";
import { findFailure } from "./find-failure";
import { forgetOriginals } from "./forget-old-logs";
import { indexLog } from "./index-log";
import { ingestLog } from "./ingest-log";
import { listEndpoints } from "./list-endpoints";
import { openLogReader } from "./log/log-reader";
import { originalKeyOf } from "./log/original";
import { addLogNote, listLogNotes, removeLogNote } from "./log-notes";
import { listShares, openShare, revokeShare, shareLog } from "./log-shares";
import { readLog } from "./read-log";
import { readOriginal } from "./read-original";
import { requestLog } from "./request-log";
import { logKeyOf, uploadKeyOf } from "./send-command";
import { summariseLog } from "./summarise-log";

const { db, url } = await testDatabase();
const { store } = await testObjectStore();
await migrateQueue({ url, log: createLog("test", "silent") });
const engineer = testContext(db, { role: "engineer" });
const support = testContext(db, { role: "support" });
const worker = testContext(db, { process: "worker" });
const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-desk-"));
const reader = await openLogReader({ store, folder: path.join(folder, "cache"), maxBytes: 10_000_000 });
afterAll(() => {
  reader.close();
  return rm(folder, { recursive: true, force: true });
});

interface Call {
  second: number;
  method?: string;
  path?: string;
  status?: number | null;
  ms?: number;
  error?: string;
}

const START = Date.parse("2026-11-19T14:00:00Z");
const lineOf = ({ second, method = "GET", path: at = "/v1/me", status = 200, ms = 50, error }: Call): string =>
  JSON.stringify({
    t: new Date(START + second * 1_000).toISOString(),
    method,
    url: `https://api.x${at}`,
    status,
    ms,
    bytes: 10,
    attempt: 1,
    ...(error ? { error } : {}),
    app: "12.4.1",
  });

/** A log that is ready to read, made as the worker makes it. */
async function ready(lines: readonly string[]): Promise<string> {
  const { clientId } = await makeClient(db);
  const { logRequestId } = await requestLog(engineer, { clientId, reason: "app freezes" });
  const content = Buffer.from(lines.join("\n"));
  const file = path.join(folder, "upload");
  await writeFile(file, content);
  await store.putFile({ key: uploadKeyOf(logRequestId), file, contentType: "application/octet-stream" });
  await db.prisma.logRequest.update({
    where: { id: logRequestId },
    data: {
      state: "received",
      uploadKey: uploadKeyOf(logRequestId),
      announcedBytes: content.length,
      announcedSha256: createHash("sha256").update(content).digest("hex"),
    },
  });
  await ingestLog(worker, { store, logRequestId, isLastAttempt: true, keep: { logDays: 30, originalDays: 7 } });
  return logRequestId;
}

const audited = (logRequestId: string, action: string) =>
  db.prisma.auditEvent.findMany({ where: { subjectId: logRequestId, action: `diagnostics.${action}` } });

const collect = async (parts: AsyncIterable<string | Buffer>): Promise<string> => {
  let text = "";
  for await (const part of parts) text += part.toString();
  return text;
};

const calls = (count: number, over: (index: number) => Partial<Call> = () => ({})): string[] =>
  Array.from({ length: count }, (_, index) =>
    lineOf({ second: index, path: `/v1/orders/ABC-${index}`, ...over(index) }),
  );

test("every filter finds its lines, and its index says where each page begins", async () => {
  const logRequestId = await ready(
    calls(450, (index) => ({ ...(index % 100 === 7 ? { status: 503, error: "Upstream Timeout" } : {}), ms: index })),
  );
  const numbers = async (filter: Record<string, unknown>): Promise<number[]> =>
    (await readLog(reader)(engineer, { logRequestId, limit: 500, ...filter })).lines.map(({ n }) => n);
  expect(await numbers({ status: 503 })).toEqual([8, 108, 208, 308, 408]);
  expect(await numbers({ minMs: 447 })).toEqual([448, 449, 450]);
  expect(await numbers({ maxMs: 1 })).toEqual([1, 2]);
  expect(await numbers({ path: "/v1/orders/ABC-44*", minMs: 440 })).toEqual([
    441, 442, 443, 444, 445, 446, 447, 448, 449, 450,
  ]);
  expect(await numbers({ path: "/v1/orders/ABC-44" })).toEqual([45]);
  expect(await numbers({ host: "api.y" })).toEqual([]);
  expect(await numbers({ endpoint: "GET /v1/orders/{id}", from: "2026-11-19T14:07:28Z" })).toEqual([449, 450]);
  expect(await numbers({ to: "2026-11-19T14:00:01Z" })).toEqual([1]);
  expect(await numbers({ text: "upstream timeout" })).toEqual([8, 108, 208, 308, 408]);
  expect(await numbers({ text: "abc-(9|10)7$", isRegex: true })).toEqual([98, 108]);
  expect(await numbers({ aroundFailures: true, to: "2026-11-19T14:01:00Z" })).toEqual([6, 7, 8, 9, 10]);
  const index = await indexLog(reader)(engineer, { logRequestId });
  expect(index).toMatchObject({
    total: 450,
    failed: 5,
    anchors: [1, 101, 201, 301, 401],
    counts: { "2xx": 445, "5xx": 5 },
  });
  expect((await indexLog(reader)(engineer, { logRequestId, minMs: 100 })).anchors).toEqual([101, 201, 301, 401]);
});

test("an expression that is none is told with what is wrong in it, and one that would take for ever does not", async () => {
  const logRequestId = await ready(calls(3, () => ({ path: `/${"a".repeat(2_000)}` })));
  const asked = (text: string) => readLog(reader)(engineer, { logRequestId, text, isRegex: true });
  await expect(asked("orders/[0-9")).rejects.toMatchObject({
    code: "VALIDATION",
    message: expect.stringContaining("missing ]"),
  });
  expect((await asked("(a+)+$b")).lines).toEqual([]);
});

test("the next and the previous failure are found from any line, with their place among all", async () => {
  const logRequestId = await ready(calls(300, (index) => (index % 100 === 50 ? { status: null } : {})));
  const find = (n: number, direction: "next" | "previous") =>
    findFailure(reader)(engineer, { logRequestId, n, direction });
  expect(await find(0, "next")).toEqual({ n: 51, place: 1, of: 3, index: 50 });
  expect(await find(51, "next")).toMatchObject({ n: 151, place: 2 });
  expect(await find(151, "previous")).toMatchObject({ n: 51, place: 1 });
  expect((await find(251, "next")).n).toBeNull();
});

test("endpoints are listed by their templates, the most failed first", async () => {
  const logRequestId = await ready([
    ...calls(20, (index) => ({ ms: index + 1 })),
    lineOf({ second: 30, method: "POST", path: "/v1/orders/quote", status: 503 }),
  ]);
  const [worst, other] = await listEndpoints(reader)(engineer, { logRequestId });
  expect(worst).toMatchObject({ endpoint: "POST /v1/orders/quote", calls: 1, failed: 1, firstFailure: 21 });
  expect(other).toMatchObject({
    endpoint: "GET /v1/orders/{id}",
    calls: 20,
    failed: 0,
    p50Ms: 10.5,
    bytes: 200,
    firstFailure: null,
  });
});

test("what stands out is found by rules: 401 and its refresh, a loop, an endpoint, a gap", async () => {
  const logRequestId = await ready([
    ...calls(10),
    ...Array.from({ length: 5 }, (_, index) => lineOf({ second: 20 + index, path: "/v1/chats", status: 401 })),
    lineOf({ second: 26, method: "POST", path: "/v1/auth/refresh", status: 400 }),
    lineOf({ second: 1_000 }),
    lineOf({ second: 1_001, method: "POST", path: "/v1/orders/quote", status: 503 }),
  ]);
  const { findings, facts } = await summariseLog(reader)(engineer, { logRequestId });
  expect(findings.unauthorized).toMatchObject({ n: 11, count: 5, refresh: { n: 16, status: 400 } });
  expect(findings.loops[0]).toMatchObject({ n: 11, endpoint: "GET /v1/chats", count: 5 });
  expect(findings.fails[0]).toMatchObject({ endpoint: "GET /v1/chats", status: 401, count: 5, of: 5 });
  expect(findings.gaps[0]).toMatchObject({ n: 16.5, reason: "silent" });
  expect(facts).toMatchObject({ app: "12.4.1", format: "lines", mayReadOriginal: true });
});

test("a log is compared with the median of its app's other logs, and with one other", async () => {
  const others = await Promise.all([ready(calls(100)), ready(calls(100))]);
  const here = await ready(calls(100, (index) => (index < 8 ? { status: 500 } : {})));
  const fleet = await compareLog(reader)(engineer, { logRequestId: here });
  expect(fleet.other).toMatchObject({ kind: "fleet", app: "12.4.1" });
  expect(fleet.endpoints[0]).toMatchObject({
    endpoint: "GET /v1/orders/{id}",
    here: { failedShare: 0.08 },
    there: { failedShare: 0 },
  });
  const one = await compareLog(reader)(engineer, { logRequestId: here, otherId: others[0] });
  expect(one.other).toMatchObject({ kind: "log", logRequestId: others[0] });
});

test("a log is downloaded redacted in three forms, which can be read again", async () => {
  const logRequestId = await ready([
    ...calls(2),
    "=cmd|' /C calc'!A0",
    lineOf({ second: 9, path: "/v1/me?token=secret-1" }),
  ]);
  const as = async (format: "ndjson" | "csv" | "har") =>
    collect(await downloadLog(reader)(engineer, { logRequestId, format }));
  const ndjson = (await as("ndjson")).trimEnd().split("\n");
  expect(ndjson).toHaveLength(4);
  expect(JSON.parse(ndjson[0] ?? "")).toMatchObject({
    method: "GET",
    url: "https://api.x/v1/orders/ABC-0",
    app: "12.4.1",
  });
  const har = JSON.parse(await as("har")) as { log: { entries: unknown[] } };
  expect(har.log.entries).toHaveLength(3);
  const csv = await as("csv");
  expect(csv.split("\n")[0]).toContain("n,class,t,method");
  expect(csv).toContain("'=cmd");
  for (const text of [ndjson.join(), JSON.stringify(har), csv]) expect(text).not.toContain("secret-1");
  expect(await audited(logRequestId, "downloadLog")).toHaveLength(3);
});

test("the original is kept encrypted, opened with a reason in the audit, and gone after its own time", async () => {
  const lines = [...calls(2), lineOf({ second: 9, path: "/v1/me?token=secret-1" })];
  const logRequestId = await ready(lines);
  const file = path.join(folder, "sealed");
  await store.getFile({ key: originalKeyOf(logRequestId), file, maxBytes: 1_000_000 });
  expect(await import("node:fs/promises").then((fs) => fs.readFile(file, "latin1"))).not.toContain("api.x");
  const opened = await readOriginal(reader)(engineer, { logRequestId, reason: "token seems wrong" });
  expect(await collect(opened)).toBe(lines.join("\n"));
  expect(await audited(logRequestId, "readOriginal")).toMatchObject([{ reason: "token seems wrong" }]);
  expect((await readdir(tmpdir())).filter((name) => name.startsWith("liveconnect-original-"))).toEqual([]);
  const later = { ...worker, now: () => new Date(Date.now() + 8 * 86_400_000) };
  expect(await forgetOriginals(later, store)).toBeGreaterThan(0);
  expect(await store.head(originalKeyOf(logRequestId))).toBeNull();
  await expect(readOriginal(reader)(engineer, { logRequestId, reason: "again" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect(await store.head(logKeyOf(logRequestId))).not.toBeNull();
});

test("a link shows its lines to staff who may not read logs, counts its views, and ends when revoked", async () => {
  const logRequestId = await ready(calls(10));
  const { shareId } = await shareLog(engineer, { logRequestId, lines: { first: 3, last: 5 } });
  await expect(readLog(reader)(support, { logRequestId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  const shared = await openShare(reader)(support, { shareId });
  expect(shared.lines.map(({ n }) => n)).toEqual([3, 4, 5]);
  expect(shared.next).toBeNull();
  await openShare(reader)(support, { shareId });
  expect(await listShares(engineer, { logRequestId })).toMatchObject([{ views: 2, lines: { first: 3, last: 5 } }]);
  await revokeShare(engineer, { shareId });
  await revokeShare(engineer, { shareId });
  await expect(openShare(reader)(support, { shareId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await audited(logRequestId, "shareLog")).toHaveLength(1);
});

test("a link past its time does not open", async () => {
  const logRequestId = await ready(calls(2));
  const { shareId } = await shareLog(engineer, { logRequestId, expiresInHours: 1 });
  const later = { ...support, now: () => new Date(Date.now() + 3_700_000) };
  await expect(openShare(reader)(later, { shareId })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("notes stand beside their lines; only who wrote one removes it", async () => {
  const logRequestId = await ready(calls(2));
  const { noteId } = await addLogNote(engineer, { logRequestId, line: 2, text: "here it began" });
  expect(await listLogNotes(engineer, { logRequestId })).toMatchObject([
    { line: 2, text: "here it began", isMine: true },
  ]);
  const other = testContext(db, { role: "engineer" });
  await expect(
    removeLogNote({ ...other, actor: { ...other.actor, id: "somebody-else" } }, { logRequestId, noteId }),
  ).rejects.toMatchObject({ code: "FORBIDDEN" });
  await removeLogNote(engineer, { logRequestId, noteId });
  await removeLogNote(engineer, { logRequestId, noteId });
  expect(await listLogNotes(engineer, { logRequestId })).toEqual([]);
  expect(await audited(logRequestId, "addLogNote")).toHaveLength(1);
});

test("a deleted log is gone: objects, rows, links and the copy it was read from", async () => {
  const logRequestId = await ready(calls(2));
  await readLog(reader)(engineer, { logRequestId });
  const { shareId } = await shareLog(engineer, { logRequestId });
  await deleteLog(reader)(engineer, { logRequestId, reason: "the patient asked" });
  for (const key of [logKeyOf(logRequestId), originalKeyOf(logRequestId)]) expect(await store.head(key)).toBeNull();
  expect(await db.prisma.logRequest.count({ where: { id: logRequestId } })).toBe(0);
  expect(await readdir(path.join(folder, "cache"))).not.toContain(`${logRequestId}.parquet`);
  await expect(openShare(reader)(support, { shareId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await audited(logRequestId, "deleteLog")).toMatchObject([{ reason: "the patient asked" }]);
  await expect(deleteLog(reader)(engineer, { logRequestId, reason: "again" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test.each(rolesWithout("diagnostics.readOriginal"))(
  "the role %s opens no original, deletes none, shares none",
  async (role) => {
    const logRequestId = "00000000-0000-4000-8000-000000000000";
    const refused = testContext(db, { role });
    for (const attempt of [
      readOriginal(reader)(refused, { logRequestId, reason: "why not" }),
      deleteLog(reader)(refused, { logRequestId, reason: "why not" }),
      shareLog(refused, { logRequestId }),
      addLogNote(refused, { logRequestId, line: 1, text: "x" }),
      downloadLog(reader)(refused, { logRequestId, format: "csv" }),
      compareLog(reader)(refused, { logRequestId }),
    ])
      await expect(attempt).rejects.toMatchObject({ code: "FORBIDDEN" });
  },
);
