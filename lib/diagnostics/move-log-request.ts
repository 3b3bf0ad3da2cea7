import type { Prisma } from "@/lib/db/generated/client";
import { notify } from "@/lib/events/notify";
import { addJob } from "@/lib/queue/add-job";
import { inTransaction, type Context } from "@/lib/rbac/context";
import { queueWebhook } from "@/lib/webhooks/queue-webhook";
import { nextState, type LifeCycleEvent } from "./life-cycle";
import type { LogRequestState } from "./schemas";
import { isFinal } from "./terms";
import { UPLOAD_EXPIRES_SECONDS } from "./send-command";

/** What `log_request_changes.cause` says; `found`: the file was seen although the phone's word for it was lost. */
export type ChangeCause = "requested" | "found" | LifeCycleEvent;

export interface Move {
  logRequestId: string;
  event: LifeCycleEvent;
  /** Absent: the event itself. */
  cause?: ChangeCause;
  /** Who moved it, for the life-cycle; absent: the actor of the context. */
  actorName?: string;
  /** What is to be said beside the cause. */
  note?: string | null;
  /** What else becomes true with the move. */
  set?: Prisma.LogRequestUpdateInput;
}

// A file that comes late is looked for by the clock until then.
const DISCARD_SECONDS = UPLOAD_EXPIRES_SECONDS + 120;

/**
 * Machine write: moves a request along its life, for our processes (its own verb had the permission): locks the row, asks the table, and writes state, change and NOTIFY in
 * one transaction (the caller's where there is one). Null when the event has no place in the present state: nothing changed.
 * Safe to call twice and from several workers at once.
 */
export async function moveLogRequest(
  ctx: Context,
  { logRequestId, event, cause = event, actorName = ctx.actor.name, note = null, set = {} }: Move,
): Promise<{ clientId: string; from: LogRequestState; to: LogRequestState } | null> {
  return inTransaction(ctx, async ({ tx }) => {
    const [row] = await tx.$queryRaw<{ client_id: string; state: LogRequestState; upload_key: string | null }[]>`
      select client_id, state, upload_key from log_requests where id = ${logRequestId}::uuid for update`;
    const to = row && nextState(row.state, event);
    if (!row || !to) return null;
    const at = ctx.now();
    const moved = to !== row.state;
    await tx.logRequest.update({
      where: { id: logRequestId },
      data: {
        ...(row.state === "expired" ? { late: true } : {}),
        ...set,
        state: to,
        ...(moved ? { stateAt: at } : {}),
      },
    });
    // Progress comes many times and says nothing new of the life.
    if (moved || event !== "progressed")
      await tx.logRequestChange.create({ data: { logRequestId, at, state: to, actorName, cause, note } });
    if (row.upload_key && moved && isFinal(to))
      await addJob(tx, {
        task: "diagnostics:discardUpload",
        payload: { uploadKey: row.upload_key },
        // The phone may still hold a URL; what it puts there is nobody's. Ingest removes what it has read at once.
        runAt: new Date(at.getTime() + DISCARD_SECONDS * 1000),
      });
    await notify(tx, { type: "diagnostics.changed", logRequestId, clientId: row.client_id, state: to });
    if (moved) {
      const data = { logRequestId, clientId: row.client_id, state: to, before: row.state };
      await queueWebhook(tx, { type: "log_request.changed", at, data });
    }
    return { clientId: row.client_id, from: row.state, to };
  });
}
