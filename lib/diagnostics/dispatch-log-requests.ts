import { Prisma } from "@/lib/db/generated/client";
import { EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";
import { addJob } from "@/lib/queue/add-job";
import { inTransaction, type Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { MOST_COMMANDS } from "./life-cycle";
import { OPEN_REQUEST, type OpenRequest } from "./open-request";
import { tellPhone } from "./tell-phone";

// A transaction of 50 moves takes some tenths of a second; many phones waking at once are taken in such steps.
const BATCH = 50;
// A phone in the foreground answers within a second; one that has not by now is asked about.
const CONFIRM_AFTER_MS = 5_000;

/**
 * Tells phones that are online now what their requests ask for, oldest first; all, or some clients only: those that wait, at once;
 * those that were told and have not answered, once on each connection that began since and not before their wait is over; and those
 * whose upload URL has ended. State and message commit together, and a row another worker holds is passed over, so a command goes
 * out once. Returns how many went. A machine write: the request's own verb had the permission and the audit row.
 */
export async function dispatchLogRequests(
  ctx: Context,
  { store, clientIds }: { store: ObjectStore; clientIds?: readonly string[] },
): Promise<number> {
  if (clientIds?.length === 0) return 0;
  for (let told = 0; ;) {
    const batch = await inTransaction(ctx, async (txCtx) => {
      const requests = await lockUntold(txCtx.tx, { clientIds, now: ctx.now() });
      const askedNow: string[] = [];
      for (const request of requests)
        if ((await tellPhone(txCtx, { request, store })) && request.state === "waiting") askedNow.push(request.id);
      if (askedNow.length > 0)
        await addJob(txCtx.tx, {
          task: "diagnostics:confirmDeliveries",
          isUrgent: true,
          payload: { logRequestIds: askedNow },
          runAt: new Date(ctx.now().getTime() + CONFIRM_AFTER_MS),
        });
      return requests.length;
    });
    told += batch;
    if (batch < BATCH) return told;
  }
}

async function lockUntold(
  tx: Prisma.TransactionClient,
  { clientIds, now }: { clientIds: readonly string[] | undefined; now: Date },
): Promise<OpenRequest[]> {
  const ofClients = clientIds ? Prisma.sql`and r.client_id = any(${[...clientIds]})` : Prisma.empty;
  return tx.$queryRaw<OpenRequest[]>`
    select ${OPEN_REQUEST}
    from ${Prisma.raw(PRESENCE_JOIN)} join log_requests r on r.client_id = c.client_id
    where (r.state in ('waiting', 'sent', 'delivered', 'accepted', 'uploading') or r.cancel_pending)
      and r.expires_at > ${now} and (r.retry_at is null or r.retry_at <= ${now}) and ${Prisma.raw(SAID_LESS)}
      and (${Prisma.raw(FIRST_ON_CONNECTION)} or (r.state in ('accepted', 'uploading') and r.url_expires_at <= ${now}))
      and ${Prisma.raw(EFFECTIVE_STATE)} = 'online' ${ofClients}
    order by r.requested_at limit ${BATCH}
    for update of r skip locked`;
}

const SAID_LESS = `r.commands < case when r.state in ('waiting', 'sent', 'delivered') then ${MOST_COMMANDS["logs.upload"]}
  else ${MOST_COMMANDS["logs.put"]} end`;

// One command a connection: the session that is open began after the last one.
const FIRST_ON_CONNECTION = `(r.commanded_at is null or to_timestamp((p.ver >> 2) / 1000000.0) > r.commanded_at)`;
