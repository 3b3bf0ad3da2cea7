import type { Context } from "@/lib/rbac/context";
import { endConnection, type Enders } from "./end-connection";
import { STANDING_IN_NETWORK } from "./standing-in-network";

// Held in memory by their ids; the next look, half a second later, takes the next.
const MOST_AT_ONCE = 10_000;
// So that a wide block does not take the broker's admin API from everybody else. A guess to revisit.
const SIDE_BY_SIDE = 8;

interface Due {
  subject: string;
  at: Date;
  by: string;
  /** Its connections were looked for long enough: what is still found does not end. */
  isLong: boolean;
}

// As a person's (end-refused-connections.ts): once every gateway has heard, and once sign-ins of just before are surely written.
const DUE = `select subject, blocked_at as at, blocked_by_name as by, blocked_at < now() - interval '10 minutes' as "isLong" from blocks
  where kind = 'network' and looks < 2 and (until is null or until > now())
    and blocked_at < now() - case looks when 0 then interval '1 second' else interval '4 seconds' end
  order by blocked_at limit 20`;

/**
 * Machine write: ends the connections that stand from networks that were blocked, within 5 s where they are some thousand; their sessions
 * stay. A look that finds as many as it takes is not the last. Safe to be called by several workers.
 */
export async function endBlockedNetworks(ctx: Context, enders: Enders): Promise<void> {
  const { rows: due } = await ctx.db.pool.query<Due>(DUE);
  for (const { subject, at, by, isLong } of due) {
    const { rows } = await ctx.db.pool.query<{ client_id: string }>(STANDING_IN_NETWORK, [subject, MOST_AT_ONCE]);
    for (let from = 0; from < rows.length; from += SIDE_BY_SIDE)
      await Promise.all(
        rows
          .slice(from, from + SIDE_BY_SIDE)
          .map((row) => endConnection(ctx, enders, { clientId: row.client_id, reason: "blocked", by })),
      );
    const looked = rows.length < MOST_AT_ONCE || isLong ? 1 : 0;
    await ctx.db.pool.query(
      `update blocks set looks = looks + $3, disconnected = disconnected + $4
       where kind = 'network' and subject = $1 and blocked_at = $2`,
      [subject, at, looked, rows.length],
    );
  }
}
