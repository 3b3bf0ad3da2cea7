import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Prisma } from "@/lib/db/generated/client";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { keyAliases } from "./log/line-fields";
import { keepOriginal, originalKeyOf } from "./log/original";
import { parseLog } from "./log/parse-log";
import { prepareUpload, UnusableUpload, type Announced } from "./log/prepare-upload";
import { redactionRules } from "./log/redaction-rules";
import { measureClock } from "./measure-clock";
import { moveLogRequest } from "./move-log-request";
import { readOfflineSpans } from "./offline-spans";
import { formatDetail, type Failure } from "./schemas";
import { logKeyOf } from "./send-command";

export interface Ingest {
  store: ObjectStore;
  logRequestId: string;
  /** Then a failure of ours ends the request, too, instead of being tried again. */
  isLastAttempt: boolean;
  /** How long the redacted log is kept, and how long the original. */
  keep: { logDays: number; originalDays: number };
}

/**
 * Makes a received upload readable: verified, redacted, stored as Parquet; the original is kept sealed; the request becomes ready, or
 * failed with the reason. The plain upload is removed in either case, temporary files always. Throws for what may pass (store or database
 * away), so that the queue tries again; safe to run twice. A machine write.
 */
export async function ingestLog(ctx: Context, ingest: Ingest): Promise<void> {
  const { store, logRequestId } = ingest;
  const request = await ctx.db.prisma.logRequest.findUnique({ where: { id: logRequestId } });
  if (!request?.uploadKey) return;
  if (request.state === "received") {
    const announced: Announced = {
      uploadKey: request.uploadKey,
      bytes: Number(request.announcedBytes ?? 0),
      sha256: request.announcedSha256 ?? "",
    };
    await ingestReceived(ctx, { ...ingest, announced, clientId: request.clientId });
  }
  await store.delete(request.uploadKey);
}

async function ingestReceived(ctx: Context, ingest: Received): Promise<void> {
  const { store, logRequestId, isLastAttempt } = ingest;
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-ingest-"));
  try {
    const set = await makeReadable(ctx, ingest, folder);
    const ready = await moveLogRequest(ctx, { logRequestId, event: "ingested", set });
    // Cancelled meanwhile: nobody may read it. Made ready by a former run of this job: it stays.
    if (!ready && !(await isReady(ctx, logRequestId))) await discard(store, logRequestId);
  } catch (cause) {
    if (!(cause instanceof UnusableUpload) && !isLastAttempt) throw cause;
    const failure: Failure = cause instanceof UnusableUpload ? cause.failure : "ours";
    ctx.log.warn({ err: cause, logRequestId, failure }, "a log could not be ingested");
    await moveLogRequest(ctx, { logRequestId, event: "failed", set: { detail: formatDetail(failure) } });
    await discard(store, logRequestId);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Received = Ingest & { announced: Announced; clientId: string };

/** Stores log and original, and gives what the request is to know of them. */
async function makeReadable(
  ctx: Context,
  { store, logRequestId, clientId, announced, keep }: Received,
  folder: string,
): Promise<Prisma.LogRequestUpdateInput> {
  const { upload, file: from, format, isBroken } = await prepareUpload(store, announced, folder);
  const parquet = path.join(folder, "log.parquet");
  const clockAheadMs = await measureClock(ctx, clientId);
  const parsed = await parseLog({
    folder,
    from,
    to: parquet,
    rules: redactionRules(),
    aliases: keyAliases(),
    clockAheadMs: clockAheadMs ?? 0,
    offline: (span) => readOfflineSpans(ctx, clientId, span),
    isBroken,
  });
  if (parsed.lines > 0 && parsed.calls === 0) throw new UnusableUpload("notALog");
  const logKey = logKeyOf(logRequestId);
  await store.putFile({ key: logKey, file: parquet, contentType: "application/vnd.apache.parquet" });
  const originalKey = await keepOriginal(store, { logRequestId, upload, folder });
  const inDays = (days: number): Date => new Date(ctx.now().getTime() + days * 86_400_000);
  return {
    logKey,
    logFormat: format,
    logApp: parsed.app,
    logBytes: (await stat(parquet)).size,
    logUntil: inDays(keep.logDays),
    originalKey,
    originalUntil: inDays(keep.originalDays),
    redacted: parsed.redacted,
    gaps: parsed.gaps,
    clockAheadMs,
    calls: parsed.calls,
    failedCalls: parsed.failedCalls,
    firstCallAt: parsed.firstCallAt,
    lastCallAt: parsed.lastCallAt,
  };
}

async function discard(store: ObjectStore, logRequestId: string): Promise<void> {
  await store.delete(logKeyOf(logRequestId));
  await store.delete(originalKeyOf(logRequestId));
}

const isReady = async (ctx: Context, id: string): Promise<boolean> =>
  (await ctx.db.prisma.logRequest.count({ where: { id, state: "ready" } })) > 0;
