import { topicRoot } from "@/lib/env/topic-root";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import { enqueueMessage } from "@/lib/publish/enqueue-message";
import type { TransactionContext } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import type { CommandType } from "./life-cycle";
import type { OpenRequest } from "./open-request";

/** How long a device may use the URL of one upload; contract 1. */
export const UPLOAD_EXPIRES_SECONDS = 15 * 60;

// Whatever the phone sends (JSON lines, plain or gzip) is told apart by its first bytes, not by this.
const UPLOAD_CONTENT_TYPE = "application/octet-stream";

/** Where the phone's file lies until it is ingested. */
export const uploadKeyOf = (logRequestId: string): string => `uploads/${logRequestId}`;

/** Where the redacted log lies, as Parquet. */
export const logKeyOf = (logRequestId: string): string => `logs/${logRequestId}.parquet`;

type Target = Pick<OpenRequest, "id" | "clientId" | "expiresAt">;

/** Asks a device which log files it has. All commands go out in the caller's transaction: if and only if it commits. */
export const sendListCommand = (ctx: TransactionContext, request: Target): Promise<void> =>
  sendCommand(ctx, request, { type: "logs.list", expiresAt: request.expiresAt });

/** Asks a device for its log. */
export const sendUploadCommand = (ctx: TransactionContext, request: OpenRequest): Promise<void> =>
  sendCommand(ctx, request, {
    type: "logs.upload",
    expiresAt: request.expiresAt,
    ...(request.fromAt ? { from: request.fromAt.toISOString() } : {}),
    ...(request.toAt ? { to: request.toAt.toISOString() } : {}),
    maxBytes: request.maxBytes,
    ...(request.onlyFailed ? { onlyFailed: true } : {}),
    ...(request.wifiOnly ? { wifiOnly: true } : {}),
  });

/** Gives a device the URL for exactly the bytes it announced: a credential for one object and a quarter of an hour. Returns its end. */
export async function sendPutCommand(
  ctx: TransactionContext,
  { request, bytes, store }: { request: Target; bytes: number; store: ObjectStore },
): Promise<Date> {
  const upload = await store.presignPut({
    key: uploadKeyOf(request.id),
    bytes,
    contentType: UPLOAD_CONTENT_TYPE,
    expiresSeconds: UPLOAD_EXPIRES_SECONDS,
    at: ctx.now(),
  });
  await sendCommand(ctx, request, { type: "logs.put", expiresAt: upload.expiresAt, upload });
  return upload.expiresAt;
}

/** Tells a device to let a request be. */
export const sendCancelCommand = (ctx: TransactionContext, request: Target): Promise<void> =>
  sendCommand(ctx, request, { type: "logs.cancel", expiresAt: request.expiresAt });

async function sendCommand(
  ctx: TransactionContext,
  { id, clientId }: Target,
  command: { type: CommandType; expiresAt: Date } & Record<string, unknown>,
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
