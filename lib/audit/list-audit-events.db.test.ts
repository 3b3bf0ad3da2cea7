import { describe, expect, test } from "vitest";
import { processActor } from "@/lib/rbac/actor";
import { inTransaction } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { makeClient, makePerson, rolesWithout, testContext } from "@/test/factories";
import { exportAuditEvents } from "./export-audit-events";
import { listAuditEvents } from "./list-audit-events";
import { readAuditDay } from "./read-audit-day";
import { recordAudit, type AuditFact } from "./record-audit";
import type { AuditEntry } from "./schemas";

const { db } = await testDatabase();
const auditor = testContext(db, { role: "auditor" });

const keep = async (facts: AuditFact[], now = new Date()) => {
  const ctx = testContext(db, { role: "support" }, { now });
  await inTransaction(ctx, (txCtx) => recordAudit(txCtx, facts));
  return ctx.actor.id;
};

const look = (subjectId: string, action = "presence.getClient"): AuditFact => ({
  action,
  subjectKind: "client",
  subjectId,
});

describe("the audit record", () => {
  test("is read newest first, a page at a time, each entry once", async () => {
    const who = await keep(Array.from({ length: 5 }, (_, i) => look(`page-${i}`)));
    const seen: (string | null)[] = [];
    let before: number | undefined;
    do {
      const page = await listAuditEvents(auditor, { actorId: who, limit: 2, before });
      seen.push(...page.entries.map((entry) => entry.subject.id));
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(seen).toEqual(["page-4", "page-3", "page-2", "page-1", "page-0"]);
  });

  test("is narrowed by what, whom and when together", async () => {
    const daysAgo = new Date(Date.now() - 48 * 3_600_000);
    const who = await keep([look("x"), look("y"), look("x", "publish.publishMessage")]);
    await keep([look("x")], daysAgo);
    const subjects = async (filters: Parameters<typeof listAuditEvents>[1]) =>
      (await listAuditEvents(auditor, filters)).entries.map((entry) => `${entry.action} ${entry.subject.id}`);
    expect(await subjects({ actorId: who, what: "publish" })).toEqual(["publish.publishMessage x"]);
    expect(await subjects({ actorId: who, what: "presence.getClient", subjectId: "x" })).toEqual([
      "presence.getClient x",
    ]);
    expect(await subjects({ subjectId: "x" })).toHaveLength(3);
    expect(await subjects({ subjectId: "x", withinHours: 24 })).toHaveLength(2);
  });

  test("is narrowed to what people did", async () => {
    await keep([look("by-whom")]);
    const ctx = { ...auditor, actor: processActor("worker"), requestId: "by-whom" };
    await inTransaction(ctx, (txCtx) => recordAudit(txCtx, [look("by-whom")]));
    const kinds = async (actorKind?: "operator" | "process") =>
      (await listAuditEvents(auditor, { subjectId: "by-whom", actorKind })).entries.map(({ actor }) => actor.kind);
    expect(await kinds()).toEqual(["process", "operator"]);
    expect(await kinds("operator")).toEqual(["operator"]);
    expect(await kinds("process")).toEqual(["process"]);
  });

  test("who looked at a person is who looked at their phones, logs and messages too", async () => {
    const { personId } = await makePerson(db);
    const { clientId } = await makeClient(db, { personId });
    const other = await makeClient(db);
    const { rows } = await db.pool.query<{ id: string }>(
      `insert into log_requests (client_id, reason, max_bytes, requested_by, requested_by_name, expires_at)
       values ($1, 'freezes', 1, 'a', 'a', now()) returning id::text`,
      [clientId],
    );
    const logRequest = rows[0]?.id ?? "";
    await keep([
      look(clientId),
      look(other.clientId),
      { action: "diagnostics.readLog", subjectKind: "log_request", subjectId: logRequest },
      { action: "people.forgetPerson", subjectKind: "person", subjectId: personId },
    ]);
    const found = async (subjectId: string) =>
      (await listAuditEvents(auditor, { subjectId })).entries.map((entry) => entry.subject.id);
    expect(await found(personId)).toEqual([personId, logRequest, clientId]);
    expect(await found(clientId)).toEqual([logRequest, clientId]);
  });

  test("comes whole as CSV and as lines of JSON, narrowed alike, and that it was taken stands in it", async () => {
    const who = await keep([look("=1+1"), look('a "quoted", one')]);
    const text = async (format: "csv" | "ndjson") =>
      new Response(await exportAuditEvents(auditor, { actorId: who, format })).text();
    const csv = (await text("csv")).trim().split("\n");
    expect(csv).toHaveLength(3);
    expect(csv[1]).toContain('"a ""quoted"", one"');
    expect(csv[2]).toContain(",'=1+1,");
    const lines = (await text("ndjson")).trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as AuditEntry).subject.id)).toEqual(['a "quoted", one', "=1+1"]);
    const taken = await listAuditEvents(auditor, { what: "audit.exportAuditEvents" });
    expect(taken.entries.map((entry) => entry.details)).toEqual([
      { actorId: who, format: "ndjson" },
      { actorId: who, format: "csv" },
    ]);
  });

  test("counts its last day", async () => {
    const before = await readAuditDay(auditor, {});
    await keep([look("day"), { action: "operators.signInRefused", subjectKind: "operator", subjectId: null }]);
    const after = await readAuditDay(auditor, {});
    expect(after.entries - before.entries).toBe(2);
    expect(after.refusedSignIns - before.refusedSignIns).toBe(1);
    expect(after.operators - before.operators).toBe(1);
  });

  test.each(rolesWithout("audit.read"))("is closed to the role %s", async (role) => {
    await expect(listAuditEvents(testContext(db, { role }), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
