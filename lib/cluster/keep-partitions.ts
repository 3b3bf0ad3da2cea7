import type pg from "pg";

export interface PartitionedTable {
  table: "series_samples" | "hook_samples" | "series_minutes" | "series_hours" | "sessions";
  /** The timestamptz column it is partitioned by, one partition a UTC day or month. */
  column: string;
  /** A day when absent. */
  span?: "day" | "month";
  /** Partitions are dropped when all of their rows are older than this. */
  keepHours: number;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * Machine-only: makes the partitions of today and tomorrow and drops those past their time. Safe to call twice and from several
 * processes. Rows that came before their partition and wait in the default one are moved into it; writers of that table
 * wait meanwhile, at most the lock time-out of two seconds, after which this throws and the next call tries again.
 * Gives the names of the partitions made and dropped.
 */
export async function keepPartitions(
  pool: pg.Pool,
  { table, column, span = "day", keepHours }: PartitionedTable,
  now: Date,
): Promise<{ made: string[]; dropped: string[] }> {
  const client = await pool.connect();
  try {
    const existing = await partitionsOf(client, table);
    const made: string[] = [];
    for (const dayMs of [now.getTime(), now.getTime() + DAY_MS]) {
      const from = startOf(span, dayMs);
      const name = nameOf(table, span, from);
      if (existing.includes(name) || made.includes(name)) continue;
      await inLockedTransaction(client, () =>
        makePartition(client, { table, column, name, from, to: endOf(span, from) }),
      );
      made.push(name);
    }
    const oldest = nameOf(table, span, startOf(span, now.getTime() - keepHours * 3600 * 1000));
    const dropped = existing.filter((name) => name < oldest);
    for (const name of dropped) await inLockedTransaction(client, () => client.query(`drop table ${name}`));
    await client.query(`delete from ${table}_default where ${column} < $1`, [
      new Date(now.getTime() - keepHours * 3600 * 1000),
    ]);
    return { made, dropped };
  } finally {
    client.release();
  }
}

type Span = NonNullable<PartitionedTable["span"]>;

/** In UTC, as everything partitioned is. */
function startOf(span: Span, ms: number): Date {
  const at = new Date(ms);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), span === "day" ? at.getUTCDate() : 1));
}

const endOf = (span: Span, from: Date): Date =>
  span === "day"
    ? new Date(from.getTime() + DAY_MS)
    : new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));

/** `…_20261120` or `…_202611`: sorts as text as its time does. */
const nameOf = (table: string, span: Span, from: Date): string =>
  `${table}_${from
    .toISOString()
    .slice(0, span === "day" ? 10 : 7)
    .replaceAll("-", "")}`;

/** The partitions by time, by name; the default one is none of them. */
async function partitionsOf(client: pg.PoolClient, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass and c.relname ~ '_[0-9]{6,8}$'`,
    [table],
  );
  return rows.map((row) => row.name);
}

async function makePartition(
  client: pg.PoolClient,
  partition: { table: string; column: string; name: string; from: Date; to: Date },
): Promise<void> {
  const { table, column, name } = partition;
  const from = `'${partition.from.toISOString()}'`;
  const to = `'${partition.to.toISOString()}'`;
  // The default partition must hold no row of that time when its own is attached, nor get one meanwhile.
  await client.query(`lock table ${table}_default in access exclusive mode`);
  if ((await partitionsOf(client, table)).includes(name)) return;
  await client.query(`create table ${name} (like ${table} including all)`);
  await client.query(
    `with waiting as (delete from ${table}_default where ${column} >= ${from} and ${column} < ${to} returning *)
     insert into ${name} select * from waiting`,
  );
  await client.query(`alter table ${table} attach partition ${name} for values from (${from}) to (${to})`);
}

async function inLockedTransaction(client: pg.PoolClient, work: () => Promise<unknown>): Promise<void> {
  try {
    await client.query("begin");
    await client.query("set local lock_timeout = '2s'");
    await work();
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}
