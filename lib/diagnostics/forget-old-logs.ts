import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { FINAL_STATES } from "./terms";

const BATCH = 200;

interface OldRow {
  id: string;
  log_key: string | null;
  original_key: string | null;
}

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
    const old = await ctx.db.pool.query<OldRow>(
      `select id::text, log_key, original_key from log_requests where state = any($1) and state_at < $2 order by state_at limit $3`,
      [[...FINAL_STATES], before, BATCH],
    );
    for (const { log_key, original_key } of old.rows)
      for (const key of [log_key, original_key]) if (key) await store.delete(key);
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

/** Removes originals that are past their own, shorter time; their logs stay. Returns how many went. A machine write by the clock. */
export async function forgetOriginals(ctx: Context, store: ObjectStore): Promise<number> {
  for (let gone = 0; ;) {
    const old = await ctx.db.pool.query<{ id: string; original_key: string }>(
      "select id::text, original_key from log_requests where original_key is not null and original_until < $1 limit $2",
      [ctx.now(), BATCH],
    );
    for (const { original_key } of old.rows) await store.delete(original_key);
    await ctx.db.pool.query("update log_requests set original_key = null where id = any($1::uuid[])", [
      old.rows.map((row) => row.id),
    ]);
    gone += old.rows.length;
    if (old.rows.length < BATCH) return gone;
  }
}
