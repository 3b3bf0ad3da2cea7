import { NodeFailure, type NodeAddress } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { announceEnding } from "@/lib/presence/announce-ending";
import { inTransaction, type Context } from "@/lib/rbac/context";

// The first look once every gateway has heard; the second when sign-ins of just before are surely written. Both within 5 s.
const DUE =
  "(looks = 0 and revoked_at < now() - interval '1 second') or (looks = 1 and revoked_at < now() - interval '4 seconds')";
const MOST_AT_ONCE = 200;
// Of one revocation: a person with more devices than this is none.
const MOST_CLIENTS = 100;

interface Due {
  kind: string;
  subject: string;
  revoked_at: Date;
}

/**
 * Machine write: ends the connections that stand by revoked tokens; their sessions stay, for a token that is good. Sessions that began after
 * the revocation have such a one. Called every half second; safe to be called by several workers, as ending a connection twice harms nobody
 * who was not let in meanwhile. Gives how many revocations it looked at.
 */
export async function disconnectRevoked(
  ctx: Context,
  parts: { broker: Pick<Broker, "disconnectSession">; nodes: readonly NodeAddress[] },
): Promise<number> {
  const { rows: due } = await ctx.db.pool.query<Due>(
    `select kind, subject, revoked_at from token_revocations where looks < 2 and (${DUE}) order by revoked_at limit $1`,
    [MOST_AT_ONCE],
  );
  for (const revocation of due) {
    const clientIds = await standingBy(ctx, revocation);
    for (const clientId of clientIds) {
      await inTransaction(ctx, (txCtx) => announceEnding(txCtx, { clientId, reason: "revoked" }));
      await disconnect(ctx, parts, clientId);
    }
    await ctx.db.pool.query(
      `update token_revocations set looks = looks + 1, disconnected = disconnected + $4
       where kind = $1 and subject = $2 and revoked_at = $3`,
      [revocation.kind, revocation.subject, revocation.revoked_at, clientIds.length],
    );
  }
  return due.length;
}

async function standingBy(ctx: Context, { kind, subject, revoked_at: at }: Due): Promise<string[]> {
  const which = {
    token_hash: "t.token_hash = decode($1, 'base64')",
    token_id: "t.token_id = $1",
    person: "c.person_id = $1",
  }[kind];
  if (which === undefined) return [];
  // ver: four times the session's start in µs, and its rank, 0 while it is open.
  const { rows } = await ctx.db.pool.query<{ client_id: string }>(
    `select c.client_id from clients c join client_tokens t using (client_key) join presence p using (client_key)
     where ${which} and (p.ver & 3) = 0 and p.ver >> 2 <= extract(epoch from $2::timestamptz + interval '1 second') * 1e6 limit $3`,
    [subject, at, MOST_CLIENTS],
  );
  return rows.map((row) => row.client_id);
}

/** By any node that takes the order; throws when none does, and the next look tries again. */
async function disconnect(
  ctx: Context,
  { broker, nodes }: { broker: Pick<Broker, "disconnectSession">; nodes: readonly NodeAddress[] },
  clientId: string,
): Promise<void> {
  let failure: unknown = new Error("There is no node of the broker that devices connect to.");
  for (const node of nodes) {
    try {
      return await broker.disconnectSession(node, clientId, "keep_session");
    } catch (error) {
      if (!(error instanceof NodeFailure)) throw error;
      failure = error;
      ctx.log.warn(
        { err: error, node: node.name },
        "a node did not take the order to end a revoked token's connection",
      );
    }
  }
  throw failure;
}
