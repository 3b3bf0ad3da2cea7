import type { Context } from "@/lib/rbac/context";
import { endConnection, type Enders } from "./end-connection";

const MOST_AT_ONCE = 200;
// Of one refusal: a person with more devices than this is none.
const MOST_CLIENTS = 100;

// Written with the caller's clock, in whole milliseconds: told back as it is.
const DUE = `select * from (
    select 'revoked' as reason, kind, subject, revoked_at as at, revoked_by as by, looks from token_revocations where looks < 2
    union all
    select 'blocked', kind, subject, blocked_at, blocked_by_name, looks from blocks
    where kind = 'person' and looks < 2 and (until is null or until > now())) d
  -- The first look once every gateway has heard; the second when sign-ins of just before are surely written. Both within 5 s.
  where (looks = 0 and at < now() - interval '1 second') or (looks = 1 and at < now() - interval '4 seconds')
  order by at limit $1`;

interface Due {
  reason: "revoked" | "blocked";
  kind: string;
  subject: string;
  at: Date;
  by: string;
}

/** Writes that it was looked, and how many connections were ended; what came anew meanwhile is looked for anew. */
const LOOKED: Record<Due["reason"], string> = {
  revoked: `update token_revocations set looks = looks + 1, disconnected = disconnected + $4
    where kind = $1 and subject = $2 and revoked_at = $3`,
  blocked: `update blocks set looks = looks + 1, disconnected = disconnected + $4
    where kind = $1 and subject = $2 and blocked_at = $3`,
};

/**
 * Machine write: ends the connections that stand by revoked tokens, and those of people who were blocked; their sessions stay, for a
 * token that is good or a block that is lifted. Sessions that began after a revocation have such a token. Called every half second; safe to
 * be called by several workers, as ending a connection twice harms nobody who was not let in meanwhile. Gives how many refusals it looked at.
 */
export async function endRefusedConnections(ctx: Context, enders: Enders): Promise<number> {
  const { rows: due } = await ctx.db.pool.query<Due>(DUE, [MOST_AT_ONCE]);
  for (const refusal of due) {
    const { reason, kind, subject, at, by } = refusal;
    const clientIds = await standingBy(ctx, refusal);
    for (const clientId of clientIds) await endConnection(ctx, enders, { clientId, reason, by });
    await ctx.db.pool.query(LOOKED[reason], [kind, subject, at, clientIds.length]);
  }
  return due.length;
}

async function standingBy(ctx: Context, { reason, kind, subject, at }: Due): Promise<string[]> {
  const which = {
    token_hash: "t.token_hash = decode($1, 'base64')",
    token_id: "t.token_id = $1",
    person: "c.person_id = $1",
  }[kind];
  if (which === undefined) return [];
  // ver: four times the session's start in µs, and its rank, 0 while it is open. Who is blocked has no later session that may stay.
  const { rows } = await ctx.db.pool.query<{ client_id: string }>(
    `select c.client_id from clients c left join client_tokens t using (client_key) join presence p using (client_key)
     where ${which} and (p.ver & 3) = 0
       and ($2::timestamptz is null or p.ver >> 2 <= extract(epoch from $2::timestamptz + interval '1 second') * 1e6) limit $3`,
    [subject, reason === "blocked" ? null : at, MOST_CLIENTS],
  );
  return rows.map((row) => row.client_id);
}
