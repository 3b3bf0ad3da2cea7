import { EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";
import { findNextOnline } from "@/lib/presence/estimate-next-online";
import { estimateNextOnlineSchema } from "@/lib/presence/schemas";
import type { Context } from "@/lib/rbac/context";

// Four weeks of one client's sessions are read in some milliseconds; the others follow a minute later.
const BATCH = 200;

/**
 * Estimates when phones that are waited for are usually back, of all or of some clients, once an hour each: kept with the request,
 * so that a board of many reads it for nothing. A machine write.
 */
export async function estimateReturns(ctx: Context, only: { clientIds?: readonly string[] } = {}): Promise<void> {
  const due = await ctx.db.pool.query<{ client_id: string }>(
    `select distinct r.client_id from ${PRESENCE_JOIN} join log_requests r on r.client_id = c.client_id
     where r.state in ('waiting', 'sent', 'delivered', 'accepted') and ($1::text[] is null or r.client_id = any($1))
       and (r.next_online_at is null or r.next_online_at < $2::timestamptz - interval '1 hour') and ${EFFECTIVE_STATE} like 'offline%'
     limit $3`,
    [only.clientIds ?? null, ctx.now(), BATCH],
  );
  for (const { client_id: clientId } of due.rows) {
    const { next } = await findNextOnline(ctx, estimateNextOnlineSchema.parse({ clientId }));
    await ctx.db.pool.query(
      `update log_requests set next_online = $2, next_online_at = $3
       where client_id = $1 and state in ('waiting', 'sent', 'delivered', 'accepted')`,
      [clientId, JSON.stringify(next), ctx.now()],
    );
  }
}
