import type { Context } from "@/lib/rbac/context";

/**
 * Machine write by the clock: has the record's partitions of this quarter and the next made, and those past their time dropped, by the one
 * function that may (prisma/migrations, `keep_audit_partitions`); gives their names. Waits at most two seconds for a lock, then throws;
 * safe to call twice and from several processes.
 */
export async function keepAuditPartitions({ db }: Context): Promise<{ made: string[]; dropped: string[] }> {
  const { rows } = await db.pool.query<{ made: string[]; dropped: string[] }>("select * from keep_audit_partitions()");
  const [kept] = rows;
  if (!kept) throw new Error("keep_audit_partitions answers one row");
  return kept;
}
