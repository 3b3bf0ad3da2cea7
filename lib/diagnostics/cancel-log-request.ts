import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { TransactionContext } from "@/lib/rbac/context";
import { sentence, term } from "@/lib/sentence";
import { repeatAfterMs } from "./life-cycle";
import { moveLogRequest } from "./move-log-request";
import { OPEN_REQUEST, type OpenRequest } from "./open-request";
import { logRequestIdSchema } from "./schemas";
import { sendCancelCommand } from "./send-command";

const CANCELLED = { action: "diagnostics.cancelLogRequest", subjectKind: "log_request" } as const;

/**
 * Ends a request that has not ended, and tells a phone that knows of it to stop, at once or on its next connections until it says that
 * it did. What it still sends is thrown away. Throws CONFLICT when it had ended.
 */
export const cancelLogRequest = writeVerb({
  permission: "diagnostics.request",
  input: logRequestIdSchema,
  tried: ({ logRequestId }) => ({ ...CANCELLED, subjectId: logRequestId }),
  work: async (ctx, { logRequestId }) => {
    const cancelled = await cancelOne(ctx, logRequestId);
    if (!cancelled) throw await whyNot(ctx.tx.logRequest.findUnique({ where: { id: logRequestId } }));
    return {
      result: { state: "cancelled" as const },
      audit: {
        ...CANCELLED,
        subjectId: logRequestId,
        details: { clientId: cancelled.clientId, from: cancelled.state },
      },
    };
  },
});

/** The request as it was before, or null when it had ended. For verbs that checked the permission and leave an audit row. */
export async function cancelOne(ctx: TransactionContext, logRequestId: string): Promise<OpenRequest | null> {
  const [request] = await ctx.tx.$queryRaw<OpenRequest[]>`
    select ${OPEN_REQUEST} from log_requests r where r.id = ${logRequestId}::uuid for update`;
  if (!request) return null;
  const at = ctx.now();
  const told = isKnownToPhone(request)
    ? { cancelPending: true, commandedAt: at, commands: 1, retryAt: new Date(at.getTime() + repeatAfterMs(1)) }
    : {};
  if (!(await moveLogRequest(ctx, { logRequestId, event: "cancelled", set: told }))) return null;
  // Through the broker's queue where the phone is away: the command before may lie there, too.
  if (isKnownToPhone(request)) await sendCancelCommand(ctx, request);
  return request;
}

/** Whether the phone may do something for it. What it was asked before it put it off, it may still hold. */
const isKnownToPhone = ({ state, commands }: OpenRequest): boolean =>
  state === "sent" ||
  state === "delivered" ||
  state === "accepted" ||
  state === "uploading" ||
  (state === "waiting" && commands > 0);

async function whyNot(found: Promise<{ state: string } | null>): Promise<AppError> {
  const row = await found;
  return row
    ? new AppError(
        "CONFLICT",
        sentence("This log request has ended already ({state}).", {
          state: term("presence.timeline.logState", row.state),
        }),
      )
    : new AppError("NOT_FOUND", "There is no such log request.");
}
