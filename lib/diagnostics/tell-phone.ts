import type { TransactionContext } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { commandOf, eventOfSending, MOST_COMMANDS, repeatAfterMs, type CommandType } from "./life-cycle";
import { moveLogRequest } from "./move-log-request";
import type { OpenRequest } from "./open-request";
import { sendCancelCommand, sendListCommand, sendPutCommand, sendUploadCommand } from "./send-command";

/**
 * Sends the command that a request's state asks for, in the caller's transaction, which holds the request's row; counts it and
 * says when it may be said again. False when there is nothing to say, or it was said often enough. A machine write.
 */
export async function tellPhone(
  ctx: TransactionContext,
  { request, store, actorName }: { request: OpenRequest; store: ObjectStore; actorName?: string },
): Promise<boolean> {
  const type = commandOf(request);
  if (!type || request.commands >= MOST_COMMANDS[type]) return false;
  const urlExpiresAt = await send(ctx, { type, request, store });
  const at = ctx.now();
  const commands = request.commands + 1;
  const set = {
    commandedAt: at,
    commands,
    retryAt: new Date(at.getTime() + repeatAfterMs(commands)),
    ...(urlExpiresAt ? { urlExpiresAt } : {}),
  };
  // The first link belongs to the phone's yes, which moved it already.
  const event = type === "logs.put" && request.commands === 0 ? null : eventOfSending(request.state);
  if (event) await moveLogRequest(ctx, { logRequestId: request.id, event, set, ...(actorName ? { actorName } : {}) });
  else await ctx.tx.logRequest.update({ where: { id: request.id }, data: set });
  return true;
}

async function send(
  ctx: TransactionContext,
  { type, request, store }: { type: CommandType; request: OpenRequest; store: ObjectStore },
): Promise<Date | null> {
  switch (type) {
    case "logs.list":
      await sendListCommand(ctx, request);
      return null;
    case "logs.upload":
      await sendUploadCommand(ctx, request);
      return null;
    case "logs.put":
      return sendPutCommand(ctx, { request, bytes: request.announcedBytes ?? 0, store });
    case "logs.cancel":
      await sendCancelCommand(ctx, request);
      return null;
  }
}
