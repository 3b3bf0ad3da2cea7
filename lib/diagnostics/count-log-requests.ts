import type { Context } from "@/lib/rbac/context";
import { boardStart } from "./list-log-requests";
import { GROUP_STATES } from "./schemas";

/** Open requests, and those that ended within the board's hours, by state; for verbs and metrics of ours. */
export async function countLogRequests(ctx: Context): Promise<Record<string, number>> {
  const found = await ctx.db.pool.query<{ state: string; count: number }>(
    `select state, count(*) as count from log_requests
     where state = any($1) or state_at >= $2 group by state`,
    [[...GROUP_STATES.waiting, ...GROUP_STATES.active], boardStart(ctx)],
  );
  return Object.fromEntries(found.rows.map((row) => [row.state, row.count]));
}
