import { inTransaction } from "@/lib/rbac/context";
import { rolesWithout, testContext } from "@/test/factories";
import { logLife } from "@/test/log-life";
import { expect, test } from "vitest";
import { forgetOldLogs } from "../forget-old-logs";
import { cancelLogRequests, cancelMembers, resumeLogRequests } from "./change-bulk";
import { getLogRequests, listBulks } from "./read-bulks";
import { releaseBulk, releaseForgotten } from "./release-bulk";
import { countPhones, requestLogs } from "./request-logs";

const life = await logLife();
const { db, engineer, worker, later, phone } = life;

const MINUTE = 60_000;
const phones = (count: number) => Promise.all(Array.from({ length: count }, () => phone("online")));
const askMany = async (clientIds: string[], over: Record<string, unknown> = {}) =>
  requestLogs(engineer, {
    clients: { clientIds },
    reason: "orders hang",
    confirmedClients: clientIds.length,
    ...over,
  });
const requestsOf = (bulkId: string) => db.prisma.logRequest.findMany({ where: { bulkId } });

test("phones of a list are asked a few at a time, at the rate, each once, whatever two workers and crashes do", async () => {
  const clientIds = await phones(23);
  const { bulkId, total } = await askMany([...clientIds, "never-seen", clientIds[0] ?? ""], { ratePerMinute: 120 });
  expect(total).toBe(23);
  await Promise.all([releaseBulk(worker, bulkId), releaseBulk(worker, bulkId)]);
  expect(await requestsOf(bulkId)).toHaveLength(10);
  await releaseBulk(worker, bulkId);
  expect(await requestsOf(bulkId)).toHaveLength(10);
  // A worker that dies before its commit.
  const dying = inTransaction(later(6_000), async (txCtx) => {
    await releaseBulk(txCtx, bulkId);
    throw new Error("crash");
  });
  await expect(dying).rejects.toThrow("crash");
  expect(await requestsOf(bulkId)).toHaveLength(10);
  await releaseBulk(later(6_000), bulkId);
  await releaseBulk(later(12_000), bulkId);
  const made = await requestsOf(bulkId);
  expect(made.map((request) => request.clientId).toSorted()).toEqual(clientIds.toSorted());
  expect(await getLogRequests(engineer, { bulkId })).toMatchObject({
    state: "done",
    made: 23,
    total: 23,
    counts: { waiting: 23 },
    secondsLeft: null,
  });
});

test("a filter and a group choose phones that are asked for what the bulk says", async () => {
  const before = await countPhones(engineer, { clients: { group: "ios" } });
  expect(before.total).toBe(0);
  await phones(2);
  const counts = await countPhones(engineer, { clients: { group: "app-12.4", seen: "hour" } });
  expect(counts.total).toBeGreaterThanOrEqual(2);
  expect((await countPhones(engineer, { clients: { group: "app-99.1" } })).total).toBe(0);
  const { bulkId } = await requestLogs(engineer, {
    clients: { group: "app-12.4" },
    reason: "orders hang",
    onlyFailed: true,
    ratePerMinute: 600,
    confirmedClients: counts.total,
  });
  await releaseBulk(worker, bulkId);
  expect((await requestsOf(bulkId)).every((request) => request.onlyFailed && request.reason === "orders hang")).toBe(
    true,
  );
  expect((await listBulks(engineer, {})).some((bulk) => bulk.bulkId === bulkId)).toBe(true);
});

test("when too large a share fails no more phones are asked until somebody goes on, and then anew", async () => {
  const { bulkId } = await askMany(await phones(12), { ratePerMinute: 60, stopFailedPercent: 50 });
  await releaseBulk(worker, bulkId);
  const made = await requestsOf(bulkId);
  expect(made).toHaveLength(5);
  await db.prisma.logRequest.updateMany({
    where: { bulkId },
    data: { state: "failed", detail: "device: no space", stateAt: new Date(Date.now() + 1_000) },
  });
  await releaseBulk(later(MINUTE), bulkId);
  const held = await getLogRequests(engineer, { bulkId });
  expect(held).toMatchObject({ state: "held", made: 5, failures: [{ failure: "device", requests: 5 }] });
  await releaseBulk(later(2 * MINUTE), bulkId);
  expect(await requestsOf(bulkId)).toHaveLength(5);
  expect(
    await resumeLogRequests(testContext(db, { role: "engineer" }, { now: new Date(Date.now() + 3 * MINUTE) }), {
      bulkId,
    }),
  ).toEqual({
    state: "running",
  });
  await expect(resumeLogRequests(engineer, { bulkId })).rejects.toMatchObject({ code: "CONFLICT" });
  await releaseForgotten(later(5 * MINUTE));
  expect(await requestsOf(bulkId)).toHaveLength(10);
});

test("cancelling ends the walk and every request that has not ended, once", async () => {
  const { bulkId } = await askMany(await phones(8));
  await releaseBulk(worker, bulkId);
  await db.prisma.logRequest.updateMany({
    where: { bulkId, clientId: (await requestsOf(bulkId))[0]?.clientId ?? "" },
    data: { state: "ready" },
  });
  expect(await cancelLogRequests(engineer, { bulkId })).toEqual({ state: "cancelled" });
  await expect(cancelLogRequests(engineer, { bulkId })).rejects.toMatchObject({ code: "CONFLICT" });
  await cancelMembers(worker, { bulkId, actorName: "Rina" });
  await cancelMembers(worker, { bulkId, actorName: "Rina" });
  await releaseBulk(later(MINUTE), bulkId);
  expect((await getLogRequests(engineer, { bulkId })).counts).toEqual({ ready: 1, cancelled: 4 });
  const audited = await db.prisma.auditEvent.findMany({ where: { subjectId: bulkId }, orderBy: { id: "asc" } });
  expect(audited.map((row) => row.action)).toEqual(["diagnostics.requestLogs", "diagnostics.cancelLogRequests"]);
  const cancelled = await db.prisma.logRequestChange.count({ where: { cause: "cancelled", actorName: "Rina" } });
  expect(cancelled).toBe(4);
});

test("what was asked of many is kept as long as any of its requests, and goes with the last", async () => {
  const { bulkId } = await askMany(await phones(2));
  await releaseBulk(worker, bulkId);
  const inAMonth = later(31 * 24 * 60 * MINUTE);
  await forgetOldLogs(inAMonth, { store: life.store, days: 30 });
  expect((await getLogRequests(engineer, { bulkId })).made).toBe(2);
  await db.prisma.logRequest.updateMany({ where: { bulkId }, data: { state: "expired" } });
  await forgetOldLogs(inAMonth, { store: life.store, days: 30 });
  await expect(getLogRequests(engineer, { bulkId })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test.each(rolesWithout("diagnostics.request"))("the role %s may neither count, ask, go on nor cancel", async (role) => {
  const refused = testContext(db, { role });
  const { bulkId } = await askMany(await phones(1));
  const asked = { clients: {}, reason: "curious", confirmedClients: 1 };
  const calls = [
    countPhones(refused, { clients: {} }),
    requestLogs(refused, asked),
    resumeLogRequests(refused, { bulkId }),
    cancelLogRequests(refused, { bulkId }),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("more phones than were agreed to, and none at all, are refused", async () => {
  const clientIds = await phones(3);
  await expect(askMany(clientIds, { confirmedClients: 1 })).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(askMany(["nobody-has-this"])).rejects.toMatchObject({ code: "VALIDATION" });
});
