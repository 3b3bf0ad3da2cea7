import { randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { sealRows } from "@/lib/audit/seal-rows";
import { verifySeals } from "@/lib/audit/verify-seals";
import { keepPartitions } from "@/lib/cluster/keep-partitions";
import { createLog } from "@/lib/log/log";
import { addJob } from "@/lib/queue/add-job";
import { testContext } from "@/test/factories";
import { openDatabase } from "./database";
import { migrate } from "./migrate";
import { prepareDatabase } from "./prepare-database";

const log = createLog("test", "silent");

/** An empty database, as its owner and as the application connects; removed after the work. */
async function withDatabase(
  work: (urls: { ownerUrl: string; url: string }) => Promise<void>,
  { owner }: { owner?: { username: string; password: string } } = {},
): Promise<void> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const server = new pg.Client({ connectionString: inject("postgresUrl") });
  await server.connect();
  const urlOf = (base: string, user = {}) => Object.assign(new URL(base), { pathname: `/${name}`, ...user }).href;
  try {
    await server.query(`create database ${name}${owner ? ` owner ${owner.username}` : ""}`);
    await work({ ownerUrl: urlOf(inject("postgresUrl"), owner), url: urlOf(inject("applicationUrl")) });
  } finally {
    await server.query(`drop database if exists ${name} with (force)`);
    if (owner) await server.query(`drop role ${owner.username}`);
    await server.end();
  }
}

/** Applies what is older than a migration. */
async function migrateBefore(url: string, migration: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-migrations-"));
  for (const name of await readdir("prisma/migrations"))
    if (name < migration) await cp(path.join("prisma/migrations", name), path.join(folder, name), { recursive: true });
  await migrate({ url, folder }).finally(() => rm(folder, { recursive: true }));
}

test("a database that was the processes' own keeps its audit, sealed as it was, and is theirs but for it", () =>
  withDatabase(async ({ ownerUrl, url }) => {
    await migrateBefore(ownerUrl, "20261124008000");
    const old = openDatabase({ url: ownerUrl, applicationName: "test" });
    const insert = `insert into audit_events (actor_kind, actor_id, actor_name, action, subject_kind, subject_id, request_id, at)
      values ('process', 'w', 'w', 'x.y', 'client', $1, 'r', $2)`;
    await old.pool.query(insert, ["years ago", new Date("2023-01-01")]);
    await old.pool.query(insert, ["now", new Date()]);
    await old.pool.query(insert, ["a clock ahead", new Date("2100-01-01")]);
    await old.pool.query("insert into broker_nodes (name, role) values ('n1', 'subscriber')");
    await old.close();

    await prepareDatabase({ ownerUrl, url, keepAuditYears: 7, log });
    await prepareDatabase({ ownerUrl, url, keepAuditYears: 7, log });

    const db = openDatabase({ url, applicationName: "test" });
    const worker = testContext(db, { process: "worker" });
    await db.pool.query(insert, ["after", new Date()]);
    expect(await sealRows(worker)).toBe(4);
    expect(await verifySeals(worker, [])).toMatchObject({ rows: 4, breaks: [] });
    const { rows } = await db.pool.query("select subject_id from audit_events order by id");
    expect(rows.map((row) => row.subject_id as unknown)).toEqual(["years ago", "now", "a clock ahead", "after"]);
    await expect(db.pool.query("delete from audit_events")).rejects.toThrow("permission denied");
    expect((await db.pool.query("select keep_months from audit_retention")).rows).toEqual([{ keep_months: 84 }]);
    await keepPartitions(db.pool, { table: "series_samples", column: "at", keepHours: 48 }, new Date());
    await db.pool.query("truncate broker_nodes cascade");
    await db.close();
  }));

test("an owner that is no superuser prepares it as docs/operations.md says, again after the processes ran", async () => {
  const owner = { username: `owner_${randomUUID().slice(0, 8)}`, password: randomUUID() };
  const administrator = new pg.Client({ connectionString: inject("postgresUrl") });
  await administrator.connect();
  await administrator.query(`create role ${owner.username} login password '${owner.password}'`);
  await administrator.query(`grant ${new URL(inject("applicationUrl")).username} to ${owner.username}`);
  await administrator.end();
  await withDatabase(
    async ({ ownerUrl, url }) => {
      await prepareDatabase({ ownerUrl, url, keepAuditYears: 6, log });
      const db = openDatabase({ url, applicationName: "test" });
      await keepPartitions(db.pool, { table: "sessions", column: "ended_at", keepHours: 48 }, new Date());
      await prepareDatabase({ ownerUrl, url, keepAuditYears: 6, log });
      await addJob(db.prisma, { task: "retention:daily", payload: {} });
      expect((await db.pool.query("select * from keep_audit_partitions()")).rows).toEqual([{ made: [], dropped: [] }]);
      for (const refused of ["truncate audit_events", "drop table audit_seals", "select * from _prisma_migrations"])
        await expect(db.pool.query(refused)).rejects.toMatchObject({ code: "42501" });
      await db.close();
    },
    { owner },
  );
});

test("with one role for all the record is guarded by its triggers, and the product runs", () =>
  withDatabase(async ({ ownerUrl }) => {
    await prepareDatabase({ url: ownerUrl, keepAuditYears: 6, log });
    const db = openDatabase({ url: ownerUrl, applicationName: "test" });
    await expect(db.pool.query("delete from audit_events")).rejects.toThrow("append-only");
    expect((await db.pool.query("select * from keep_audit_partitions()")).rows).toEqual([{ made: [], dropped: [] }]);
    await db.close();
  }));
