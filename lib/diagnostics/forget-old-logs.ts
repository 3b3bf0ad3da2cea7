import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { FINAL_STATES } from "./schemas";

const BATCH = 200;

/**
 * Removes requests that ended more than `days` ago, the file first and then the row, so that a crash between leaves a row
 * to try again and never a file nobody knows of. Returns how many went. A machine write by the clock.
 */
export async function forgetOldLogs(
  ctx: Context,
  { store, days }: { store: ObjectStore; days: number },
): Promise<number> {
  const before = new Date(ctx.now().getTime() - days * 86_400_000);
  let gone = 0;
  for (;;) {
    const old = await ctx.db.pool.query<{ id: string; log_key: string | null }>(
      `select id::text, log_key from log_requests where state = any($1) and state_at < $2 order by state_at limit $3`,
      [[...FINAL_STATES], before, BATCH],
    );
    for (const { log_key } of old.rows) if (log_key) await store.delete(log_key);
    await ctx.db.pool.query("delete from log_requests where id = any($1::uuid[])", [old.rows.map((row) => row.id)]);
    gone += old.rows.length;
    if (old.rows.length < BATCH) break;
  }
  // What was asked of many at once goes with the last of its requests.
  await ctx.db.pool.query(
    `delete from log_request_bulks b where state in ('cancelled', 'done') and state_at < $1
       and not exists (select from log_requests r where r.bulk_id = b.id)`,
    [before],
  );
  return gone;
}
