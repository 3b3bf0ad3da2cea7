import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { parseLog, type ParsedLog } from "./log/parse-log";
import { prepareUpload, UnusableUpload, type Announced } from "./log/prepare-upload";
import { moveLogRequest } from "./move-log-request";
import { formatDetail, type Failure } from "./schemas";
import { logKeyOf } from "./send-command";

export interface Ingest {
  store: ObjectStore;
  logRequestId: string;
  /** Then a failure of ours ends the request, too, instead of being tried again. */
  isLastAttempt: boolean;
}

/**
 * Makes a received upload readable: verified, redacted, stored as Parquet; the request becomes ready, or failed with the
 * reason. The plain upload is removed in either case, temporary files always. Throws for what may pass (store or database
 * away), so that the queue tries again; safe to run twice. A machine write.
 */
export async function ingestLog(ctx: Context, { store, logRequestId, isLastAttempt }: Ingest): Promise<void> {
  const request = await ctx.db.prisma.logRequest.findUnique({ where: { id: logRequestId } });
  if (!request?.uploadKey) return;
  if (request.state === "received") {
    const announced: Announced = {
      uploadKey: request.uploadKey,
      bytes: Number(request.announcedBytes ?? 0),
      sha256: request.announcedSha256 ?? "",
    };
    await ingestReceived(ctx, { store, logRequestId, announced, isLastAttempt });
  }
  await store.delete(request.uploadKey);
}

async function ingestReceived(
  ctx: Context,
  { store, logRequestId, announced, isLastAttempt }: Ingest & { announced: Announced },
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-ingest-"));
  try {
    const lines = await prepareUpload(store, announced, folder);
    const parquet = path.join(folder, "log.parquet");
    const parsed = await parseLog({ folder, from: lines, to: parquet });
    if (parsed.lines > 0 && parsed.calls === 0) throw new UnusableUpload("notALog");
    const logKey = logKeyOf(logRequestId);
    await store.putFile({ key: logKey, file: parquet, contentType: "application/vnd.apache.parquet" });
    const ready = await moveLogRequest(ctx, { logRequestId, event: "ingested", set: readySet(logKey, parsed) });
    // Cancelled meanwhile: nobody may read it. Made ready by a former run of this job: it stays.
    if (!ready && !(await isReady(ctx, logRequestId))) await store.delete(logKey);
  } catch (cause) {
    if (!(cause instanceof UnusableUpload) && !isLastAttempt) throw cause;
    const failure: Failure = cause instanceof UnusableUpload ? cause.failure : "ours";
    ctx.log.warn({ err: cause, logRequestId, failure }, "a log could not be ingested");
    await moveLogRequest(ctx, { logRequestId, event: "failed", set: { detail: formatDetail(failure) } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isReady = async (ctx: Context, id: string): Promise<boolean> =>
  (await ctx.db.prisma.logRequest.count({ where: { id, state: "ready" } })) > 0;

const readySet = (logKey: string, parsed: ParsedLog) => ({
  logKey,
  calls: parsed.calls,
  failedCalls: parsed.failedCalls,
  firstCallAt: parsed.firstCallAt,
  lastCallAt: parsed.lastCallAt,
});
