import { findLiveSession, type SessionParts } from "@/lib/presence/read-live-session";
import type { Context } from "@/lib/rbac/context";
import { moveLogRequest } from "./move-log-request";

// Questions to the broker at once: each costs it some milliseconds, and nobody waits for the answer.
const AT_ONCE = 8;
const MOST_ASKED = 200;

/**
 * Asks the broker about requests whose command went out and was not answered: when it has acknowledged the command, and holds
 * nothing back for a phone that is connected, the phone has it. Of all that stand so, or of some requests only. Safe to call twice.
 * A machine write.
 */
export async function confirmDeliveries(
  ctx: Context,
  parts: SessionParts,
  only: { logRequestIds?: readonly string[] } = {},
): Promise<void> {
  const sent = await ctx.db.pool.query<{ id: string; client_id: string }>(
    `select r.id::text, r.client_id from log_requests r
     where r.state = 'sent' and ($1::uuid[] is null or r.id = any($1)) and exists (
       select from messages m where m.client_id = r.client_id and m.command_id = r.id::text and m.state = 'acknowledged')
     order by random() limit $2`,
    [only.logRequestIds ?? null, MOST_ASKED],
  );
  for (let from = 0; from < sent.rows.length; from += AT_ONCE)
    await Promise.all(
      sent.rows.slice(from, from + AT_ONCE).map(async ({ id, client_id }) => {
        const session = await findLiveSession(parts, ctx, client_id);
        const hasAll =
          session.status === "session" &&
          session.isOnline &&
          session.queuedMessages === 0 &&
          (session.waitingAcks ?? 0) === 0;
        if (hasAll) await moveLogRequest(ctx, { logRequestId: id, event: "delivered" });
      }),
    );
}
