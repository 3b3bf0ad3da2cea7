import { addJob } from "@/lib/queue/add-job";
import { inTransaction, type Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { moveLogRequest } from "./move-log-request";

/**
 * Moves a request to received and has its file ingested, in one transaction; false when no file was waited for any more.
 * A machine write.
 */
export async function receiveUpload(
  ctx: Context,
  { logRequestId, actorName, cause }: { logRequestId: string; actorName?: string; cause: "uploaded" | "found" },
): Promise<boolean> {
  return inTransaction(ctx, async (txCtx) => {
    const moved = await moveLogRequest(txCtx, {
      logRequestId,
      event: "uploaded",
      cause,
      ...(actorName ? { actorName } : {}),
    });
    if (moved)
      await addJob(txCtx.tx, { task: "diagnostics:ingest", payload: { logRequestId }, key: `ingest:${logRequestId}` });
    return moved !== null;
  });
}

/**
 * Removes the file of a request that ended without it. One that came after the request had expired is taken in, late; one that
 * is being ingested is left to that. Safe to run twice. A machine write.
 */
export async function discardUpload(ctx: Context, store: ObjectStore, uploadKey: string): Promise<void> {
  const request = await ctx.db.prisma.logRequest.findFirst({
    where: { uploadKey },
    select: { id: true, state: true },
  });
  if (request?.state === "received") return;
  if (request?.state === "expired" && (await store.head(uploadKey)))
    if (await receiveUpload(ctx, { logRequestId: request.id, cause: "found" })) return;
  await store.delete(uploadKey);
}
