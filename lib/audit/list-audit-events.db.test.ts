import { describe, expect, test } from "vitest";
import { inTransaction } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { listAuditEvents } from "./list-audit-events";
import { readAuditDay } from "./read-audit-day";
import { recordAudit, type AuditFact } from "./record-audit";

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
