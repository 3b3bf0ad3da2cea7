import { Prisma } from "@/lib/db/generated/client";
import { EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";
import { inTransaction, type Context } from "@/lib/rbac/context";
import { moveLogRequest } from "./move-log-request";
import { sendUploadCommand } from "./send-command";

// A transaction of 50 moves takes some tenths of a second; many phones waking at once are taken in such steps.
const BATCH = 50;

interface Waiting {
  id: string;
  clientId: string;
  fromAt: Date | null;
  toAt: Date | null;
  maxBytes: number;
  expiresAt: Date;
}

/**
 * Sends the command of waiting requests whose client is online now, oldest first; of all, or of some clients only. State and
 * message commit together, and a row another worker holds is passed over, so a command goes out once. Returns how many went.
 * A machine write: the request's own verb had the permission and the audit row.
 */
export async function dispatchLogRequests(ctx: Context, only: { clientIds?: readonly string[] } = {}): Promise<number> {
  if (only.clientIds?.length === 0) return 0;
  for (let sent = 0; ;) {
    const batch = await inTransaction(ctx, async (txCtx) => {
      const waiting = await lockWaiting(txCtx.tx, { clientIds: only.clientIds, now: ctx.now() });
      for (const request of waiting) {
        await sendUploadCommand(txCtx, request);
        await moveLogRequest(txCtx, { logRequestId: request.id, event: "dispatched" });
      }
      return waiting.length;
    });
    sent += batch;
    if (batch < BATCH) return sent;
  }
}

async function lockWaiting(
  tx: Prisma.TransactionClient,
  { clientIds, now }: { clientIds: readonly string[] | undefined; now: Date },
): Promise<Waiting[]> {
  const ofClients = clientIds ? Prisma.sql`and r.client_id = any(${[...clientIds]})` : Prisma.empty;
  return tx.$queryRaw<Waiting[]>`
    select r.id::text, r.client_id as "clientId", r.from_at as "fromAt", r.to_at as "toAt",
           r.max_bytes::float8 as "maxBytes", r.expires_at as "expiresAt"
    from ${Prisma.raw(PRESENCE_JOIN)} join log_requests r on r.client_id = c.client_id
    where r.state = 'waiting' and r.expires_at > ${now} and ${Prisma.raw(EFFECTIVE_STATE)} = 'online' ${ofClients}
    order by r.requested_at limit ${BATCH}
    for update of r skip locked`;
}
