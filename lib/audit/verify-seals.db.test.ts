import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import type { Database } from "@/lib/db/database";
import { inTransaction, type Context } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { testObjectStore } from "@/test/object-store";
import { anchorHead, listAnchors } from "./anchors";
import { readSealing } from "./read-sealing";
import { recordAudit } from "./record-audit";
import { headOf, NO_HEAD } from "./seal-content";
import { sealRows } from "./seal-rows";
import { recordVerification, verifySeals } from "./verify-seals";

const { db, ownerUrl } = await testDatabase();
const otherDatabase = await testDatabase();
const owner = new pg.Client({ connectionString: ownerUrl });
await owner.connect();
afterAll(() => owner.end());
const { store } = await testObjectStore();
const sealer = testContext(db, { process: "worker" });

const act = async (subjects: readonly string[]): Promise<void> => {
  const ctx = testContext(db, { role: "support" });
  const fact = (subjectId: string) => ({ action: "presence.getClient", subjectKind: "client" as const, subjectId });
  await inTransaction(ctx, (txCtx) => recordAudit(txCtx, subjects.map(fact)));
};

const idOf = async (subjectId: string): Promise<number> => {
  const { rows } = await db.pool.query<{ id: number }>("select id from audit_events where subject_id = $1", [
    subjectId,
  ]);
  if (!rows[0]) throw new Error(`No row of ${subjectId}`);
  return rows[0].id;
};

const sealOf = async (id: number): Promise<number> => {
  const { rows } = await db.pool.query<{ number: number }>("select number from audit_seals where ids @> $1::bigint", [
    id,
  ]);
  if (!rows[0]) throw new Error(`No seal of ${id}`);
  return rows[0].number;
};

/** As the database's owner could: with the triggers off; afterwards all is as before. */
const tampered = async (work: (client: pg.Client) => Promise<void>) => {
  try {
    await owner.query("begin");
    for (const table of ["audit_events", "audit_seals"]) await owner.query(`alter table ${table} disable trigger user`);
    await work(owner);
    const sees: Context = { ...sealer, db: { ...db, pool: seeing(owner) } };
    return (await verifySeals(sees, await listAnchors(store))).breaks;
  } finally {
    await owner.query("rollback");
  }
};

// A verification inside the transaction that tampered asks nothing of a pool but its queries.
const seeing = (client: unknown): Database["pool"] => client as Database["pool"];

const verified = async () => (await verifySeals(sealer, await listAnchors(store))).breaks;

describe("the sealed audit record", () => {
  test("is whole after acts, late commits, roll-backs and writers at once, and every row has one seal", async () => {
    const late = await db.pool.connect();
    const insert = `insert into audit_events (actor_kind, actor_id, actor_name, action, subject_kind, subject_id, request_id)
      values ('process', 'w', 'w', 'x.y', 'client', $1, 'r')`;
    await late.query("begin");
    await late.query(insert, ["late"]);
    await act(["before"]);
    await sealRows(sealer);
    const written = new AbortController();
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; i < 25; i++) await act([`${writer}-${i}`, `${writer}-${i}-again`]);
    };
    const seal = async (): Promise<void> => {
      while (!written.signal.aborted) await sealRows(sealer);
    };
    const sealing = Promise.all([seal(), seal()]);
    await late.query("savepoint s");
    await late.query(insert, ["never"]);
    await late.query("rollback to s");
    await Promise.all([write(1), write(2), write(3)]);
    await late.query("commit");
    late.release();
    written.abort();
    await sealing;
    while ((await sealRows(sealer)) > 0);
    const { rows } = await db.pool.query<{ events: number; sealed: number; waiting: number }>(
      `select (select count(*) from audit_events) as events, (select sum(row_count)::bigint from audit_seals) as sealed,
         (select count(*) from audit_unsealed) as waiting`,
    );
    expect(rows[0]).toEqual({ events: 152, sealed: 152, waiting: 0 });
    expect(await idOf("late")).toBeLessThan(await idOf("before"));
    expect(await sealOf(await idOf("late"))).toBeGreaterThan(await sealOf(await idOf("before")));
    const found = await verifySeals(sealer, []);
    expect(found).toMatchObject({ rows: 152, breaks: [] });
  });

  test("does not hold up an act while a seal is being made", async () => {
    const busy = await db.pool.connect();
    await act(["held"]);
    await busy.query("begin");
    await busy.query("select pg_try_advisory_xact_lock(5130423)");
    await busy.query("delete from audit_unsealed");
    await act(["meanwhile"]);
    expect(await sealRows(sealer)).toBe(0);
    await busy.query("rollback");
    busy.release();
    expect(await sealRows(sealer)).toBe(2);
  });

  test("names a changed row, a removed row and two exchanged rows", async () => {
    await act(["a", "b", "c"]);
    await sealRows(sealer);
    await act(["d"]);
    await sealRows(sealer);
    await anchorHead(sealer, store);
    const [a, b] = [await idOf("a"), await idOf("b")];
    const seal = await sealOf(a);
    const changed = await tampered(async (client) => {
      await client.query("update audit_events set at = at + interval '1 microsecond' where id = $1", [a]);
    });
    expect(changed).toEqual([{ kind: "rowChanged", id: a, seal }]);
    const removed = await tampered(async (client) => {
      await client.query("delete from audit_events where id = $1", [b]);
    });
    expect(removed).toEqual([{ kind: "rowMissing", id: b, seal }]);
    const exchanged = await tampered(async (client) => {
      await client.query(
        `update audit_events e set subject_id = o.subject_id from audit_events o
         where (e.id, o.id) in (($1::bigint, $2::bigint), ($2, $1))`,
        [a, b],
      );
    });
    expect(exchanged).toEqual([
      { kind: "rowMoved", id: a, sealedAs: b, seal },
      { kind: "rowMoved", id: b, sealedAs: a, seal },
    ]);
    expect(await verified()).toEqual([]);
  });

  test("names a changed and a removed seal, and a row slipped in without one", async () => {
    await act(["e"]);
    await sealRows(sealer);
    await act(["f"]);
    await sealRows(sealer);
    const seal = await sealOf(await idOf("e"));
    const changed = await tampered(async (client) => {
      await client.query("update audit_seals set at = at - interval '1 hour' where number = $1", [seal]);
    });
    expect(changed).toEqual([{ kind: "sealChanged", seal }]);
    const removed = await tampered(async (client) => {
      await client.query("delete from audit_seals where number = $1", [seal]);
    });
    expect(removed).toEqual([
      { kind: "sealMissing", seal },
      { kind: "rowUnsealed", id: await idOf("e") },
    ]);
    const slipped = await tampered(async (client) => {
      await client.query(
        "insert into audit_events overriding system value select 900000, at, actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, reason, details, request_id, from_address from audit_events limit 1",
      );
      await client.query("delete from audit_unsealed where id = 900000");
    });
    expect(slipped).toEqual([{ kind: "rowUnsealed", id: 900_000 }]);
    const id = await idOf("e");
    const doubled = await tampered(async (client) => {
      await client.query(
        "insert into audit_events overriding system value select id, at - interval '1 hour', actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, reason, details, request_id, from_address from audit_events where id = $1",
        [id],
      );
      await client.query("delete from audit_unsealed where id = $1", [id]);
    });
    expect(doubled).toContainEqual({ kind: "rowUnsealed", id });
  });

  test("a tail cut off with its seals is found by the anchor, also when the chain has grown again", async () => {
    await act(["g"]);
    await sealRows(sealer);
    await act(["h"]);
    await sealRows(sealer);
    expect(await anchorHead(sealer, store)).toEqual(await anchorHead(sealer, store));
    const last = await idOf("h");
    const seal = await sealOf(last);
    const cut = async (client: pg.Client) => {
      await client.query("delete from audit_events where id >= $1", [last]);
      await client.query("delete from audit_seals where number >= $1", [seal]);
    };
    expect(await tampered(cut)).toEqual([{ kind: "tailMissing", seal }]);
    const regrown = await tampered(async (client) => {
      await cut(client);
      const { rows } = await client.query<{ head: Buffer }>(
        "select head from audit_seals order by number desc limit 1",
      );
      const content = {
        number: seal,
        at: "2026-11-23T00:00:00.000000Z",
        ids: "{}",
        digests: Buffer.alloc(0),
        previousHead: rows[0]?.head ?? NO_HEAD,
      };
      await client.query("insert into audit_seals values ($1, $2, $3, 0, $4, $5, $6)", [
        seal,
        content.at,
        content.ids,
        content.digests,
        content.previousHead,
        headOf(content),
      ]);
    });
    expect(regrown).toEqual([{ kind: "anchorDiffers", seal }]);
  });

  test("a row removed before its seal is missing all the same", async () => {
    const { db: other } = otherDatabase;
    const ctx = testContext(other, { process: "worker" });
    const fact = { action: "presence.getClient", subjectKind: "client", subjectId: "gone" } as const;
    await inTransaction(ctx, (txCtx) => recordAudit(txCtx, [fact, { ...fact, subjectId: "kept" }]));
    const itsOwner = new pg.Client({ connectionString: otherDatabase.ownerUrl });
    await itsOwner.connect();
    await itsOwner.query("alter table audit_events disable trigger user");
    await itsOwner.query("delete from audit_events where subject_id = 'gone'");
    await itsOwner.end();
    expect(await sealRows(ctx)).toBe(2);
    const { rows } = await other.pool.query<{ id: number }>("select id from audit_events");
    expect((await verifySeals(ctx, [])).breaks).toEqual([{ kind: "rowMissing", id: (rows[0]?.id ?? 0) - 1, seal: 1 }]);
  });

  test("tells auditors how far it is sealed and what the last verification found", async () => {
    const auditor = testContext(db, { role: "auditor" });
    await act(["told"]);
    expect((await readSealing(auditor, {})).waiting.rows).toBeGreaterThan(0);
    while ((await sealRows(sealer)) > 0);
    const found = await verifySeals(sealer, []);
    await recordVerification(sealer, { ...found, breaks: [{ kind: "sealMissing", seal: 4 }] });
    const told = await readSealing(auditor, {});
    expect(told).toMatchObject({
      waiting: { rows: 0, since: null },
      last: { seal: found.last?.seal },
      verified: { rows: found.rows, seals: found.seals, firstBreak: { kind: "sealMissing", seal: 4 } },
    });
  });

  test.each(rolesWithout("audit.read"))("is closed to the role %s", async (role) => {
    await expect(readSealing(testContext(db, { role }), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
