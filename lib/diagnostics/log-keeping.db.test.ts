import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { rolesWithout, testContext } from "@/test/factories";
import { calls, collect, lineOf, testLogDesk } from "@/test/ready-log";
import { compareLog } from "./compare-log";
import { deleteLog } from "./delete-log";
import { downloadLog } from "./download-log";
import { forgetOriginals } from "./forget-old-logs";
import { originalKeyOf } from "./log/original";
import { addLogNote, listLogNotes, removeLogNote } from "./log-notes";
import { listShares, openShare, revokeShare, shareLog } from "./log-shares";
import { readLog } from "./read-log";
import { readMoment } from "./read-moment";
import { readOriginal } from "./read-original";
import { logKeyOf } from "./send-command";

const { db, store, reader, cache, engineer, worker, ready, audited } = await testLogDesk();
const support = testContext(db, { role: "support" });

test("the original is kept encrypted, opened with a reason in the audit, and gone after its own time", async () => {
  const lines = [...calls(2), lineOf({ second: 9, path: "/v1/me?token=secret-1" })];
  const logRequestId = await ready(lines);
  const file = path.join(cache, "sealed");
  await store.getFile({ key: originalKeyOf(logRequestId), file, maxBytes: 1_000_000 });
  expect(await readFile(file, "latin1")).not.toContain("api.x");
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
  expect(await readdir(cache)).not.toContain(`${logRequestId}.parquet`);
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
      readMoment(refused, { logRequestId, at: "2026-11-19T14:00:00Z" }),
    ])
      await expect(attempt).rejects.toMatchObject({ code: "FORBIDDEN" });
  },
);
