import type { Pool } from "pg";
import { NodeFailure, type NodeAddress } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { notify } from "@/lib/events/notify";
import { announceEnding } from "@/lib/presence/announce-ending";
import { applyAnswer } from "@/lib/presence/apply-answer";
import type { AskClient, ClientAnswer } from "@/lib/presence/ask-client";
import { inTransaction, type Context } from "@/lib/rbac/context";

const MOST_AT_ONCE = 20;
// Until every gateway has heard that the client is closed; one let in before is ended with its session.
const DUE = "released_at is null and asked_at < now() - interval '1 second'";

/**
 * Machine write: frees the clients whose release somebody asked for, once the broker has no session of theirs: what waits for the old person must
 * not reach the next one. A client the broker still shows is tried again at the next call. Safe to be called by several workers.
 */
export async function finishReleases(
  ctx: Context,
  parts: { broker: Pick<Broker, "disconnectSession">; nodes: readonly NodeAddress[]; ask: AskClient },
): Promise<void> {
  const { rows } = await ctx.db.pool.query<{ client_id: string }>(
    `select client_id from client_releases where ${DUE} order by asked_at limit $1`,
    [MOST_AT_ONCE],
  );
  for (const { client_id: clientId } of rows) {
    await inTransaction(ctx, (txCtx) => announceEnding(txCtx, { clientId, reason: "disconnected" }));
    for (const node of parts.nodes) await endSession(ctx, parts.broker, { node, clientId });
    const answer = await parts.ask(clientId);
    if (answer.status === "absent") await free(ctx, clientId, answer);
  }
}

/** Clients that became free within a day: for who may have missed the notification of it. */
export async function listReleasedLately(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ client_id: string }>(
    "select client_id from client_releases where released_at > now() - interval '1 day'",
  );
  return rows.map((row) => row.client_id);
}

/** By each node: the one that holds the session is among them. */
async function endSession(
  ctx: Context,
  broker: Pick<Broker, "disconnectSession">,
  { node, clientId }: { node: NodeAddress; clientId: string },
): Promise<void> {
  try {
    await broker.disconnectSession(node, clientId, "end_session");
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    ctx.log.warn({ err: error, node: node.name }, "a node did not take the order to end a released client's session");
  }
}

const free = (ctx: Context, clientId: string, answer: ClientAnswer & { status: "absent" }): Promise<void> =>
  inTransaction(ctx, async (txCtx) => {
    await applyAnswer(txCtx, { clientId, answer });
    const client = await txCtx.tx.client.update({ where: { clientId }, data: { personId: null } });
    await txCtx.tx.clientToken.deleteMany({ where: { clientKey: client.clientKey } });
    await txCtx.tx.clientRelease.update({ where: { clientId }, data: { releasedAt: txCtx.now() } });
    await notify(txCtx.tx, { type: "access.clientReleased", clientId });
    await notify(txCtx.tx, { type: "access.blocksChanged", clientId });
  });
