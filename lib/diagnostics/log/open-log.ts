import { AppError } from "@/lib/errors";
import type { Context } from "@/lib/rbac/context";
import { sentence, term } from "@/lib/sentence";
import type { LogReader, OpenLog } from "./log-reader";

/** Opens the log of a request that is ready, for verbs that have checked the permission. NOT_FOUND, or CONFLICT before that. */
export async function openLog(ctx: Context, reader: LogReader, logRequestId: string): Promise<OpenLog> {
  const request = await ctx.db.prisma.logRequest.findUnique({
    where: { id: logRequestId },
    select: { state: true, logKey: true },
  });
  if (!request) throw new AppError("NOT_FOUND", "There is no such log request. It may have been removed by age.");
  if (request.state !== "ready" || !request.logKey)
    throw new AppError(
      "CONFLICT",
      sentence("The log is not ready ({state}).", { state: term("presence.timeline.logState", request.state) }),
    );
  return reader.open(request.logKey);
}
