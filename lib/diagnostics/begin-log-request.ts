import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { addJob } from "@/lib/queue/add-job";
import { moveLogRequest } from "./move-log-request";
import { beginLogRequestSchema } from "./schemas";

/**
 * Lets a draft begin now: one whose phone has listed its files, with the window chosen from them, or one whose time has not come.
 * Throws CONFLICT when it had begun or ended, or belongs to many: those begin in turn.
 */
export const beginLogRequest = writeVerb({
  permission: "diagnostics.request",
  input: beginLogRequestSchema,
  work: async (ctx, { logRequestId, from, to, onlyFailed }) => {
    const draft = await ctx.tx.logRequest.findUnique({ where: { id: logRequestId }, select: { bulkId: true } });
    if (!draft) throw new AppError("NOT_FOUND", "There is no such log request.");
    if (draft.bulkId) throw new AppError("CONFLICT", "This log request begins in its turn among many.");
    const moved = await moveLogRequest(ctx, {
      logRequestId,
      event: "begun",
      set: {
        ...(from ? { fromAt: new Date(from) } : {}),
        ...(to ? { toAt: new Date(to) } : {}),
        ...(onlyFailed === undefined ? {} : { onlyFailed }),
        // What it was told before was another question.
        commandedAt: null,
        commands: 0,
        retryAt: null,
      },
    });
    if (!moved) throw new AppError("CONFLICT", "This log request has begun already, or has ended.");
    await addJob(ctx.tx, { task: "diagnostics:dispatch", isUrgent: true, payload: { clientIds: [moved.clientId] } });
    return {
      result: { state: moved.to },
      audit: {
        action: "diagnostics.beginLogRequest",
        subjectKind: "log_request",
        subjectId: logRequestId,
        details: { clientId: moved.clientId, ...(from ? { from } : {}), ...(to ? { to } : {}) },
      },
    };
  },
});
