import { addJob } from "@/lib/queue/add-job";
import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { DEVICE_EVENT_TYPES, deviceEventSchema, type DeviceEventBody } from "./device-event";
import { moveLogRequest } from "./move-log-request";
import { formatDetail, isFinal, type LogRequestState } from "./schemas";
import { sendPutCommand, uploadKeyOf } from "./send-command";

// A guess to revisit: at a quarter of an hour a URL, two hours of trying.
const MAX_RENEWALS = 8;

interface OpenRequest {
  id: string;
  clientId: string;
  state: LogRequestState;
  maxBytes: number;
  announcedBytes: number | null;
  expiresAt: Date;
}

interface Arrived {
  type: string;
  body: unknown;
  receivedAt: Date;
}

/**
 * Acts on what a device answered to one request: reads the latest event of each type, in order, and lets each do what it
 * may in the request's present state. It looks at all of them every time, so an event whose NOTIFY was lost is caught up by
 * the next, and acting twice does nothing. Events of another client with this request's id are not even read.
 * A machine write: the request's own verb had the permission and the audit row.
 */
export async function applyDeviceEvents(ctx: Context, store: ObjectStore, logRequestId: string): Promise<void> {
  await inTransaction(ctx, async (txCtx) => {
    const [request] = await txCtx.tx.$queryRaw<OpenRequest[]>`
      select id::text, client_id as "clientId", state, max_bytes::float8 as "maxBytes",
             announced_bytes::float8 as "announcedBytes", expires_at as "expiresAt"
      from log_requests where id = ${logRequestId}::uuid for update`;
    if (!request || isFinal(request.state)) return;
    const arrived = await txCtx.tx.$queryRaw<Arrived[]>`
      select type, body, received_at as "receivedAt" from (
        select distinct on (type) id, type, body, received_at from device_events
        where command_id = ${logRequestId} and client_id = ${request.clientId}
          and type = any(${[...DEVICE_EVENT_TYPES]}) order by type, id desc) latest
      order by id`;
    for (const event of arrived) await applyOne(txCtx, { request, store, event });
  });
}

async function applyOne(
  ctx: TransactionContext,
  { request, store, event }: { request: OpenRequest; store: ObjectStore; event: Arrived },
): Promise<void> {
  const parsed = deviceEventSchema.safeParse(event.body);
  const from = { logRequestId: request.id, actorName: request.clientId };
  if (!parsed.success) {
    // Without the announcement nothing can follow; any other event that says nothing is as good as lost.
    if (event.type === "logs.accepted" && request.state === "sent")
      await moveLogRequest(ctx, { ...from, event: "failed", set: { detail: formatDetail("answerNotUnderstood") } });
    return;
  }
  const body = parsed.data;
  switch (body.type) {
    case "logs.accepted":
      return accept(ctx, { request, store, body });
    case "upload.expired":
      return renew(ctx, { request, store, receivedAt: event.receivedAt });
    case "logs.progress":
      return progress(ctx, request, body.sentBytes);
    case "logs.uploaded":
      await receiveUpload(ctx, { ...from, cause: "uploaded" });
      return;
    case "logs.declined":
      await moveLogRequest(ctx, { ...from, event: "declined", set: { detail: formatDetail("declined", body.reason) } });
      return;
    case "logs.failed":
      await moveLogRequest(ctx, { ...from, event: "failed", set: { detail: formatDetail("device", body.reason) } });
      return;
    case "unsupported":
      await moveLogRequest(ctx, { ...from, event: "failed", set: { detail: formatDetail("unsupported") } });
  }
}

/** Moves a request to received and has its file ingested; nothing when no file was waited for any more. */
export async function receiveUpload(
  ctx: Context,
  { logRequestId, actorName, cause }: { logRequestId: string; actorName?: string; cause: "uploaded" | "found" },
): Promise<void> {
  await inTransaction(ctx, async (txCtx) => {
    const moved = await moveLogRequest(txCtx, { logRequestId, event: "uploaded", cause, actorName });
    if (moved)
      await addJob(txCtx.tx, { task: "diagnostics:ingest", payload: { logRequestId }, key: `ingest:${logRequestId}` });
  });
}

async function accept(
  ctx: TransactionContext,
  {
    request,
    store,
    body,
  }: { request: OpenRequest; store: ObjectStore; body: Extract<DeviceEventBody, { type: "logs.accepted" }> },
): Promise<void> {
  const from = { logRequestId: request.id, actorName: request.clientId };
  if (request.state === "sent" && body.bytes > request.maxBytes) {
    await moveLogRequest(ctx, { ...from, event: "failed", set: { detail: formatDetail("tooLarge") } });
    return;
  }
  const moved = await moveLogRequest(ctx, {
    ...from,
    event: "accepted",
    set: { announcedBytes: body.bytes, announcedSha256: body.sha256, sentBytes: 0, uploadKey: uploadKeyOf(request.id) },
  });
  if (!moved) return;
  request.announcedBytes = body.bytes;
  await sendPutCommand(ctx, { request, bytes: body.bytes, store });
}

async function renew(
  ctx: TransactionContext,
  { request, store, receivedAt }: { request: OpenRequest; store: ObjectStore; receivedAt: Date },
): Promise<void> {
  if (request.announcedBytes === null) return;
  const links = await ctx.tx.logRequestChange.aggregate({
    where: { logRequestId: request.id, cause: { in: ["accepted", "renewed"] } },
    _count: true,
    _max: { at: true },
  });
  // Asked before the latest link was made: answered already.
  if (links._max.at && receivedAt <= links._max.at) return;
  const from = { logRequestId: request.id, actorName: request.clientId };
  if (links._count > MAX_RENEWALS) {
    await moveLogRequest(ctx, { ...from, event: "failed", set: { detail: formatDetail("keptExpiring") } });
    return;
  }
  const moved = await moveLogRequest(ctx, { ...from, event: "renewed" });
  if (moved) await sendPutCommand(ctx, { request, bytes: request.announcedBytes, store });
}

async function progress(ctx: TransactionContext, request: OpenRequest, sentBytes: number): Promise<void> {
  const known = await ctx.tx.logRequest.findUnique({ where: { id: request.id }, select: { sentBytes: true } });
  if (sentBytes <= Number(known?.sentBytes ?? 0)) return;
  await moveLogRequest(ctx, {
    logRequestId: request.id,
    event: "progressed",
    actorName: request.clientId,
    set: { sentBytes: Math.min(sentBytes, request.announcedBytes ?? sentBytes) },
  });
}
