import { topicRoot } from "@/lib/env/topic-root";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import { enqueueMessage } from "@/lib/publish/enqueue-message";
import type { TransactionContext } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";

/** How long a device may use the URL of one upload; contract 1. */
export const UPLOAD_EXPIRES_SECONDS = 15 * 60;

// Whatever the phone sends (JSON lines, plain or gzip) is told apart by its first bytes, not by this.
const UPLOAD_CONTENT_TYPE = "application/octet-stream";

/** Where the phone's file lies until it is ingested. */
export const uploadKeyOf = (logRequestId: string): string => `uploads/${logRequestId}`;

/** Where the redacted log lies, as Parquet. */
export const logKeyOf = (logRequestId: string): string => `logs/${logRequestId}.parquet`;

interface Target {
  id: string;
  clientId: string;
  /** The end of the request: a command older than that is not to be obeyed. */
  expiresAt: Date;
}

/** Asks a device for its log: the command `logs.upload`, in the caller's transaction. */
export async function sendUploadCommand(
  ctx: TransactionContext,
  request: Target & { fromAt: Date | null; toAt: Date | null; maxBytes: number },
): Promise<void> {
  await sendCommand(ctx, request, {
    type: "logs.upload",
    expiresAt: request.expiresAt,
    ...(request.fromAt ? { from: request.fromAt.toISOString() } : {}),
    ...(request.toAt ? { to: request.toAt.toISOString() } : {}),
    maxBytes: request.maxBytes,
  });
}

/**
 * Gives a device the URL for exactly the bytes it announced: the command `logs.put`, in the caller's transaction. The URL is
 * a credential for one object and a quarter of an hour.
 */
export async function sendPutCommand(
  ctx: TransactionContext,
  { request, bytes, store }: { request: Target; bytes: number; store: ObjectStore },
): Promise<void> {
  const upload = await store.presignPut({
    key: uploadKeyOf(request.id),
    bytes,
    contentType: UPLOAD_CONTENT_TYPE,
    expiresSeconds: UPLOAD_EXPIRES_SECONDS,
    at: ctx.now(),
  });
  await sendCommand(ctx, request, { type: "logs.put", expiresAt: upload.expiresAt, upload });
}

async function sendCommand(
  ctx: TransactionContext,
  { id, clientId }: Target,
  command: { type: string; expiresAt: Date } & Record<string, unknown>,
): Promise<void> {
  const issuedAt = ctx.now();
  await enqueueMessage(ctx, {
    topicName: deviceTopics(clientId, topicRoot()).commands,
    payload: Uint8Array.from(Buffer.from(JSON.stringify({ id, issuedAt, ...command }), "utf8")),
    qos: 1,
    source: "diagnostics",
    contentType: "application/json",
    expirySeconds: Math.max(1, Math.floor((command.expiresAt.getTime() - issuedAt.getTime()) / 1000)),
  });
}
