import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { inTransaction } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { keepAuditPartitions } from "./keep-audit-partitions";
import { listAuditEvents } from "./list-audit-events";
import { recordAudit } from "./record-audit";
import { sealRows } from "./seal-rows";
import { verifySeals } from "./verify-seals";

const { db, ownerUrl } = await testDatabase();
const owner = new pg.Client({ connectionString: ownerUrl });
await owner.connect();
afterAll(() => owner.end());

const NOW = new Date();
const yearsAgo = (years: number): Date => new Date(NOW.getTime() - years * 365.25 * 86_400_000);

/** A row of that time, sealed then or later. */
const actAt = async (at: Date, subjectId: string, { sealedAt = at }: { sealedAt?: Date } = {}): Promise<void> => {
  const fact = { action: "presence.getClient", subjectKind: "client", subjectId } as const;
  await inTransaction(testContext(db, { role: "support" }, { now: at }), (txCtx) => recordAudit(txCtx, [fact]));
  await sealRows(testContext(db, { process: "worker" }, { now: sealedAt }));
};

const partitions = async (): Promise<string[]> =>
  (
    await db.pool.query<{ name: string }>(
      "select relname as name from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = 'audit_events'::regclass order by 1",
    )
  ).rows.map(({ name }) => name);

const today = (await partitions())[0] ?? "";

describe("to the application's own role the audit record is append-only", () => {
  test.each([
    "update audit_events set reason = ''",
    "delete from audit_events",
    "truncate audit_events",
    `update ${today} set reason = ''`,
    `delete from ${today}`,
    `insert into ${today} (actor_id) values ('a')`,
    "insert into audit_events (id, actor_kind, actor_id, actor_name, action, subject_kind, request_id) overriding system value values (1, 'process', 'a', 'a', 'a', 'client', 'r')",
    "alter table audit_events disable trigger user",
    "alter table audit_events add column more text",
    "drop table audit_events",
    `alter table audit_events detach partition ${today}`,
    "set session_replication_role = replica",
    "update audit_seals set at = now()",
    "delete from audit_seals",
    "delete from audit_verifications",
    "update audit_unsealed set id = 1",
    "update audit_retention set keep_months = 12",
    "create or replace function refuse_audit_change() returns trigger language plpgsql as $$ begin return null; end $$",
    "drop schema public cascade",
    "select guard_audit_partition('audit_events')",
  ])("PostgreSQL refuses it: %s", async (sql) => {
    // 42501: insufficient_privilege
    await expect(db.pool.query(sql)).rejects.toMatchObject({ code: "42501" });
  });

  test.each(["audit_events", "audit_seals", "audit_verifications", today])(
    "also its owner cannot change %s without taking the triggers off",
    async (table) => {
      await expect(owner.query(`delete from ${table}`)).rejects.toThrow(`${table} is append-only`);
      await expect(owner.query(`truncate ${table}`)).rejects.toThrow("is append-only");
      await owner.query("set session_replication_role = replica");
      await expect(owner.query(`update ${table} set at = now()`)).rejects.toThrow(`${table} is append-only`);
      await owner.query("reset session_replication_role");
    },
  );
});

describe("the audit record's partitions", () => {
  const worker = testContext(db, { process: "worker" });
  const ROWS = ["said to be old", "past its time", "not yet", "young", "audit_events"];
  const subjects = async () =>
    (
      await db.pool.query<{ id: string }>(
        "select subject_id as id from audit_events where subject_id = any($1) order by at",
        [ROWS],
      )
    ).rows.map(({ id }) => id);
  const breaks = async () => (await verifySeals(worker, [])).breaks;

  test("are made for this quarter and the next, and a second time nothing happens", async () => {
    expect(await partitions()).toHaveLength(3);
    expect(await keepAuditPartitions(worker)).toEqual({ made: [], dropped: [] });
  });

  test("go when all of them is past its time and sealed as long ago; the rest verifies, and the record says what went", async () => {
    await asIfYearsOld();
    await actAt(yearsAgo(7), "past its time");
    await actAt(yearsAgo(5), "not yet");
    await actAt(yearsAgo(8), "said to be old", { sealedAt: NOW });
    await actAt(NOW, "young");
    expect(await subjects()).toEqual(ROWS.slice(0, 4));
    const { made, dropped } = await keepAuditPartitions(worker);
    expect(made).toHaveLength(3);
    expect(dropped).toEqual([quarterOf(yearsAgo(7))]);
    expect(await subjects()).toEqual(["said to be old", "not yet", "young", "audit_events"]);
    await sealRows(worker);
    expect(await breaks()).toEqual([]);
    const told = await listAuditEvents(testContext(db, { role: "auditor" }), { what: "audit.dropRows" });
    expect(told.entries[0]).toMatchObject({
      actor: { kind: "process" },
      details: { partition: dropped[0], keptMonths: 72 },
    });
    expect(await keepAuditPartitions(worker)).toEqual({ made: [], dropped: [] });
  });

  test("a young row is missing, also where the record was made to say that it went on purpose", async () => {
    await actAt(NOW, "taken away");
    const { rows } = await db.pool.query<{ id: number }>("select max(id) as id from audit_events");
    const id = rows[0]?.id ?? 0;
    await owner.query(
      `insert into audit_events (actor_kind, actor_id, actor_name, action, subject_kind, subject_id, details, request_id)
       values ('process', 'x', 'x', 'audit.dropRows', 'audit', 'audit_events', jsonb_build_object('throughId', $1::bigint), 'r')`,
      [id],
    );
    await owner.query("alter table audit_events disable trigger user");
    await owner.query("delete from audit_events where id = $1", [id]);
    await owner.query("alter table audit_events enable trigger user");
    await sealRows(worker);
    expect(await breaks()).toMatchObject([{ kind: "rowMissing", id }]);
  });
});

/** As in an installation whose first partition is gone: none is there for what is older than this quarter. */
async function asIfYearsOld(): Promise<void> {
  const name = quarterOf(NOW);
  const from = new Date(Date.UTC(NOW.getUTCFullYear(), Math.floor(NOW.getUTCMonth() / 3) * 3)).toISOString();
  await owner.query(`alter table audit_events detach partition ${name}`);
  await owner.query(
    `alter table audit_events attach partition ${name} for values from ('${from}') to (timestamptz '${from}' + interval '3 months')`,
  );
}

function quarterOf(at: Date): string {
  return `audit_events_${at.getUTCFullYear()}q${Math.floor(at.getUTCMonth() / 3) + 1}`;
}
