import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import { addJob } from "@/lib/queue/add-job";
import type { Context } from "@/lib/rbac/context";
import { sentence } from "@/lib/sentence";
import { queueWebhook } from "@/lib/webhooks/queue-webhook";
import { requestLogSchema, type LogRequestInput } from "./schemas";

/**
 * Asks one client for its log. The command goes out as soon as the client is online, at once when it is; not before `startsAt`. Throws
 * VALIDATION for a client that has never connected: it would wait for nobody.
 */
export const requestLog = writeVerb({
  permission: "diagnostics.request",
  input: requestLogSchema,
  work: async (ctx, input) => {
    const { tx, actor } = ctx;
    const client = await tx.client.findUnique({ where: { clientId: input.clientId }, select: { clientId: true } });
    if (!client) {
      throw new AppError(
        "VALIDATION",
        "No client with this identifier has ever connected. Check it against Presence.",
        { issues: [{ path: "clientId", message: sentence("No client with this identifier has ever connected") }] },
      );
    }
    const at = ctx.now();
    const columns = columnsOf(ctx, input);
    const { state } = columns;
    const { id } = await tx.logRequest.create({
      data: {
        ...columns,
        clientId: input.clientId,
        inventoryFirst: input.inventoryFirst,
        changes: { create: { at, state, actorName: actor.name, cause: "requested" } },
      },
      select: { id: true },
    });
    if (state === "waiting")
      await addJob(tx, { task: "diagnostics:dispatch", isUrgent: true, payload: { clientIds: [input.clientId] } });
    else if (columns.startsAt)
      await addJob(tx, { task: "diagnostics:begin", isUrgent: true, payload: {}, runAt: columns.startsAt });
    await notify(tx, { type: "diagnostics.changed", logRequestId: id, clientId: input.clientId, state });
    const data = { logRequestId: id, clientId: input.clientId, state, before: null };
    await queueWebhook(tx, { type: "log_request.changed", at, data });
    return {
      result: { logRequestId: id },
      audit: {
        action: "diagnostics.requestLog",
        subjectKind: "client",
        subjectId: input.clientId,
        reason: input.reason,
        ticket: input.ticket ?? null,
        details: { logRequestId: id },
      },
    };
  },
});

/** What a row says of what was asked, by whom and until when: of one request, and of each of many. */
export function columnsOf(ctx: Context, input: Omit<LogRequestInput, "clientId" | "inventoryFirst">) {
  const at = ctx.now();
  const startsAt = input.startsAt && Date.parse(input.startsAt) > at.getTime() ? new Date(input.startsAt) : null;
  return {
    reason: input.reason,
    ticket: input.ticket ?? null,
    fromAt: input.from ? new Date(input.from) : null,
    toAt: input.to ? new Date(input.to) : null,
    maxBytes: input.maxBytes,
    onlyFailed: input.onlyFailed,
    wifiOnly: input.wifiOnly,
    startsAt,
    state: startsAt ? ("draft" as const) : ("waiting" as const),
    stateAt: at,
    requestedBy: ctx.actor.id,
    requestedByName: ctx.actor.name,
    requestedAt: at,
    expiresAt: new Date((startsAt ?? at).getTime() + input.expiresInHours * 3_600_000),
  };
}
