import { expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeClient, rolesWithout, testContext } from "@/test/factories";
import { cancelLogRequest } from "./cancel-log-request";
import { getLogBoard } from "./get-log-board";
import { getLogRequest } from "./get-log-request";
import { listLogRequests } from "./list-log-requests";
import { requestLog } from "./request-log";

const { db, url } = await testDatabase();
await migrateQueue({ url, log: createLog("test", "silent") });
const ctx = testContext(db, { role: "engineer" });

const ask = async (over: Record<string, unknown> = {}) => {
  const { clientId } = await makeClient(db);
  return { clientId, ...(await requestLog(ctx, { clientId, reason: "app freezes", ...over })) };
};

const auditOf = (subjectId: string, action: string) => db.prisma.auditEvent.findMany({ where: { subjectId, action } });

const jobsFor = async (clientId: string): Promise<number> => {
  const jobs = await db.pool.query<{ count: number }>(
    `select count(*) as count from graphile_worker._private_jobs where payload::jsonb -> 'clientIds' ? $1`,
    [clientId],
  );
  return jobs.rows[0]?.count ?? 0;
};

test("a request waits, with its reason in the audit and a job to send it", async () => {
  const { clientId, logRequestId } = await ask({ ticket: "T-1", expiresInHours: 2 });
  const life = await getLogRequest(ctx, { logRequestId });
  expect(life).toMatchObject({ clientId, state: "waiting", reason: "app freezes", ticket: "T-1", phone: null });
  expect(Date.parse(life.expiresAt) - Date.parse(life.requestedAt)).toBe(2 * 3_600_000);
  expect(life.steps).toMatchObject([{ state: "waiting", cause: "requested", actorName: ctx.actor.name }]);
  const [audit] = await auditOf(clientId, "diagnostics.requestLog");
  expect(audit).toMatchObject({
    actorId: ctx.actor.id,
    reason: "app freezes",
    ticket: "T-1",
    details: { logRequestId },
  });
  expect(await jobsFor(clientId)).toBe(1);
});

test.each(rolesWithout("diagnostics.request"))("the role %s may neither request nor cancel", async (role) => {
  const { clientId, logRequestId } = await ask();
  const refused = testContext(db, { role });
  await expect(requestLog(refused, { clientId, reason: "curious" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(cancelLogRequest(refused, { logRequestId })).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test.each([
  [{ reason: "  a " }, "reason"],
  [{ clientId: "a/b" }, "clientId"],
  [{ clientId: "nobody-has-this" }, "clientId"],
  [{ from: "2026-11-20T00:00:00Z", to: "2026-11-19T00:00:00Z" }, "to"],
  [{ from: "yesterday" }, "from"],
  [{ maxBytes: 5e9 }, "maxBytes"],
  [{ expiresInHours: 0 }, "expiresInHours"],
])("a request with %j is refused, and nothing of it is kept", async (over, field) => {
  const before = await db.prisma.logRequest.count();
  const refused = await ask(over).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "VALIDATION" });
  expect((refused as { issues: { path: string }[] }).issues[0]?.path).toBe(field);
  expect(await db.prisma.logRequest.count()).toBe(before);
});

test("a request is cancelled once; the second time is a conflict, which leaves its own audit row", async () => {
  const { logRequestId } = await ask();
  expect(await cancelLogRequest(ctx, { logRequestId })).toEqual({ state: "cancelled" });
  await expect(cancelLogRequest(ctx, { logRequestId })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await auditOf(logRequestId, "diagnostics.cancelLogRequest")).toHaveLength(2);
  const nobody = { logRequestId: "00000000-0000-4000-8000-000000000000" };
  await expect(cancelLogRequest(ctx, nobody)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("the board counts every state and pages through a group without gap or repeat", async () => {
  const later = testContext(db, { role: "support" });
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) ids.push((await ask()).logRequestId);
  const board = await getLogBoard(later, {});
  expect(board.columns.waiting.total).toBe(board.counts.waiting);
  expect(board.waitingFor.phone).toBe(board.columns.waiting.total);
  const seen: string[] = [];
  for (let after: { stateAt: string; id: string } | undefined; ;) {
    const page = await listLogRequests(later, { group: "waiting", limit: 2, after });
    seen.push(...page.cards.map((card) => card.id));
    if (!page.next) break;
    after = page.next;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(board.columns.waiting.total);
  expect(seen.slice(-5).toSorted()).toEqual(ids.toSorted());
});
