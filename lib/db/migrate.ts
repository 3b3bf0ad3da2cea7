import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";

// Any number; the same for every process that migrates, so that they take turns.
const LOCK = 5_130_417;

/**
 * Applies the SQL of prisma/migrations in order, each in a transaction of its own, and records it in Prisma's own table, so
 * that `prisma migrate deploy` can take over where its engine is available. Safe to call twice and from several processes.
 * Returns the names applied now. Throws when an applied migration's file has changed since.
 */
export async function migrate(options: { url: string; folder?: string }): Promise<string[]> {
  const folder = options.folder ?? path.resolve("prisma/migrations");
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    await client.query(MIGRATIONS_TABLE);
    const applied = await client.query<{ migration_name: string; checksum: string }>(
      "select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null",
    );
    const checksums = new Map(applied.rows.map((row) => [row.migration_name, row.checksum]));
    const names = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map((e) => e.name);
    const done: string[] = [];
    for (const name of names.toSorted()) {
      const sql = await readFile(path.join(folder, name, "migration.sql"), "utf8");
      const checksum = createHash("sha256").update(sql).digest("hex");
      const known = checksums.get(name);
      if (known === checksum) continue;
      if (known !== undefined)
        throw new Error(`The migration ${name} was changed after it was applied. Restore it and add a new one.`);
      await applyOne(client, { name, sql, checksum });
      done.push(name);
    }
    return done;
  } finally {
    await client.end();
  }
}

async function applyOne(client: pg.Client, migration: { name: string; sql: string; checksum: string }): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
       values ($1, $2, now(), $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw new Error(`The migration ${migration.name} failed; nothing of it was kept.`, { cause: error });
  }
}

// As Prisma creates it.
const MIGRATIONS_TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;
