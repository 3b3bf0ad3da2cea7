import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { moveLogRequest } from "./move-log-request";
import { logRequestIdSchema } from "./schemas";

/** Ends a request that has not ended. What the phone still sends is thrown away. Throws CONFLICT when it had ended. */
export const cancelLogRequest = writeVerb({
  permission: "diagnostics.request",
  input: logRequestIdSchema,
  work: async (ctx, { logRequestId }) => {
    const moved = await moveLogRequest(ctx, { logRequestId, event: "cancelled" });
    if (!moved) throw await whyNot(ctx.tx.logRequest.findUnique({ where: { id: logRequestId } }));
    return {
      result: { state: moved.to },
      audit: {
        action: "diagnostics.cancelLogRequest",
        subjectKind: "log_request",
        subjectId: logRequestId,
        details: { clientId: moved.clientId, from: moved.from },
      },
    };
  },
});

async function whyNot(found: Promise<{ state: string } | null>): Promise<AppError> {
  const row = await found;
  return row
    ? new AppError("CONFLICT", `This log request has ended already (${row.state}).`)
    : new AppError("NOT_FOUND", "There is no such log request.");
}
