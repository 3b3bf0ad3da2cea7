import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import { addJob } from "@/lib/queue/add-job";
import { queueWebhook } from "@/lib/webhooks/queue-webhook";
import { requestLogSchema } from "./schemas";

/**
 * Asks one client for its log. The command goes out as soon as the client is online, at once when it is. Throws VALIDATION
 * for a client that has never connected: it would wait for nobody.
 */
export const requestLog = writeVerb({
  permission: "diagnostics.request",
  input: requestLogSchema,
  work: async (ctx, input) => {
    const { tx, actor } = ctx;
    const client = await tx.client.findUnique({ where: { clientId: input.clientId }, select: { clientId: true } });
    if (!client) {
      const message = "No client with this identifier has ever connected";
      throw new AppError("VALIDATION", `${message}. Check it against Presence.`, {
        issues: [{ path: "clientId", message }],
      });
    }
    const at = ctx.now();
    const { id } = await tx.logRequest.create({
      data: {
        clientId: input.clientId,
        reason: input.reason,
        ticket: input.ticket ?? null,
        fromAt: input.from ? new Date(input.from) : null,
        toAt: input.to ? new Date(input.to) : null,
        maxBytes: input.maxBytes,
        state: "waiting",
        stateAt: at,
        requestedBy: actor.id,
        requestedByName: actor.name,
        requestedAt: at,
        expiresAt: new Date(at.getTime() + input.expiresInHours * 3_600_000),
        changes: { create: { at, state: "waiting", actorName: actor.name, cause: "requested" } },
      },
      select: { id: true },
    });
    await addJob(tx, { task: "diagnostics:dispatch", payload: { clientIds: [input.clientId] } });
    await notify(tx, { type: "diagnostics.changed", logRequestId: id, clientId: input.clientId, state: "waiting" });
    const data = { logRequestId: id, clientId: input.clientId, state: "waiting", before: null };
    await queueWebhook(tx, { type: "log_request.changed", at, data });
    return {
      result: { logRequestId: id },
      audit: {
        action: "diagnostics.requestLog",
        subjectKind: "client",
        subjectId: input.clientId,
        reason: input.reason,
        details: { logRequestId: id, ...(input.ticket ? { ticket: input.ticket } : {}) },
      },
    };
  },
});
