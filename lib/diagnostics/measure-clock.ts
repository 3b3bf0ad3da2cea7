import type { Context } from "@/lib/rbac/context";

// What a phone says waits at most this long for us to know its clock by it.
const DAYS = 2;
// A message on its way takes up to about this; a clock that is wrong by less is as good as right.
const SMALLEST_MS = 1_000;

/**
 * How far a client's clock is ahead of ours, from what its events (pongs above all) say they were sent at and when they came; null when it
 * has sent none lately. A message only ever arrives late, so the largest difference is the nearest to the truth; less than a second
 * is 0. A machine read.
 */
export async function measureClock(ctx: Context, clientId: string): Promise<number | null> {
  const { rows } = await ctx.db.pool.query<{ ahead_ms: number | null }>(
    `select max(extract(epoch from (body ->> 'at')::timestamptz - received_at) * 1000)::float8 as ahead_ms from device_events
     where client_id = $1 and received_at > $2 and pg_input_is_valid(body ->> 'at', 'timestamptz')`,
    [clientId, new Date(ctx.now().getTime() - DAYS * 86_400_000)],
  );
  const aheadMs = rows[0]?.ahead_ms ?? null;
  if (aheadMs === null) return null;
  return Math.abs(aheadMs) < SMALLEST_MS ? 0 : Math.round(aheadMs);
}
