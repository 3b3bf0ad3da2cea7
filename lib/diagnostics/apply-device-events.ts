import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { DEVICE_EVENT_TYPES, deviceEventSchema, PASSING_REASONS, type DeviceEventBody } from "./device-event";
import { MOST_COMMANDS, repeatAfterMs } from "./life-cycle";
import { moveLogRequest, type Move } from "./move-log-request";
import { OPEN_REQUEST, type OpenRequest } from "./open-request";
import { receiveUpload } from "./receive-upload";
import { formatDetail } from "./schemas";
import { isFinal } from "./terms";
import { uploadKeyOf } from "./send-command";
import { tellPhone } from "./tell-phone";

interface Arrived {
  id: number;
  type: string;
  body: unknown;
}

/** One event with what it is acted on with. */
interface Acting<B = DeviceEventBody> {
  request: OpenRequest;
  store: ObjectStore;
  eventId: number;
  body: B;
}

type Body<T extends DeviceEventBody["type"]> = Extract<DeviceEventBody, { type: T }>;

/**
 * Acts on what a device answered to one request: reads the latest event of each type, in the order of a life, and lets each do
 * what it may in the request's present state. It looks at all of them every time, so an event whose NOTIFY was lost is caught up by
 * the next, and acting twice does nothing. Events of another client with this request's id are not even read.
 * A machine write: the request's own verb had the permission and the audit row.
 */
export async function applyDeviceEvents(ctx: Context, store: ObjectStore, logRequestId: string): Promise<void> {
  await inTransaction(ctx, async (txCtx) => {
    const [request] = await txCtx.tx.$queryRaw<OpenRequest[]>`
      select ${OPEN_REQUEST} from log_requests r where r.id = ${logRequestId}::uuid for update`;
    if (!request || !isHeard(request)) return;
    const arrived = await txCtx.tx.$queryRaw<Arrived[]>`
      select id::float8 as id, type, body from (
        select distinct on (type) id, type, body from device_events
        where command_id = ${logRequestId} and client_id = ${request.clientId}
          and type = any(${[...DEVICE_EVENT_TYPES]}) order by type, id desc) latest
      order by array_position(${[...DEVICE_EVENT_TYPES]}, type)`;
    for (const event of arrived) await applyOne(txCtx, { request, store, event });
  });
}

/** Ended requests hear only of a file that is late, and of a phone that stopped. */
const isHeard = (request: OpenRequest): boolean =>
  !isFinal(request.state) || request.state === "expired" || request.cancelPending;

async function applyOne(
  ctx: TransactionContext,
  { request, store, event }: { request: OpenRequest; store: ObjectStore; event: Arrived },
): Promise<void> {
  const parsed = deviceEventSchema.safeParse(event.body);
  if (!parsed.success) {
    // Without the announcement nothing can follow; any other event that says nothing is as good as lost.
    if (event.type === "logs.accepted" && isAsked(request))
      await move(ctx, request, { event: "failed", set: { detail: formatDetail("answerNotUnderstood") } });
    return;
  }
  const body = parsed.data;
  const acting = { request, store, eventId: event.id };
  switch (body.type) {
    case "unsupported":
      return hearUnsupported(ctx, request);
    case "logs.listed":
      if (request.wantsInventory && (await move(ctx, request, { event: "listed", set: { inventory: body.files } })))
        request.wantsInventory = false;
      return;
    case "logs.declined":
      return decline(ctx, { ...acting, body });
    case "logs.accepted":
      return accept(ctx, { ...acting, body });
    case "logs.progress":
      return progress(ctx, request, body.sentBytes);
    case "upload.expired":
      return renew(ctx, { ...acting, body });
    case "logs.uploaded":
      return hearUploaded(ctx, request, store);
    case "logs.failed":
      await move(ctx, request, { event: "failed", set: { detail: formatDetail("device", body.reason) } });
      return;
    case "logs.cancelled":
      if (request.cancelPending) await move(ctx, request, { event: "stopped", set: { cancelPending: false } });
  }
}

const isAsked = ({ state }: OpenRequest): boolean => state === "sent" || state === "delivered";

/** Moves it as the phone's doing, and keeps `request` as it is then. */
async function move(
  ctx: TransactionContext,
  request: OpenRequest,
  what: Omit<Move, "logRequestId" | "actorName">,
): Promise<boolean> {
  const moved = await moveLogRequest(ctx, { ...what, logRequestId: request.id, actorName: request.clientId });
  if (moved) request.state = moved.to;
  return moved !== null;
}

async function hearUnsupported(ctx: TransactionContext, request: OpenRequest): Promise<void> {
  // An app that does not know how to stop is not told again.
  if (request.cancelPending)
    await ctx.tx.logRequest.update({ where: { id: request.id }, data: { cancelPending: false } });
  else if (isAsked(request))
    await move(ctx, request, { event: "failed", set: { detail: formatDetail("unsupported") } });
}

async function decline(
  ctx: TransactionContext,
  { request, eventId, body }: Acting<Body<"logs.declined">>,
): Promise<void> {
  if (!PASSING_REASONS.includes(body.reason ?? "")) {
    await move(ctx, request, { event: "declined", set: { detail: formatDetail("declined", body.reason) } });
    return;
  }
  // Heard before the latest command: that one is not answered yet.
  if (eventId <= request.heardEventId) return;
  const retryAt = new Date(ctx.now().getTime() + repeatAfterMs(request.commands));
  await move(ctx, request, {
    event: "postponed",
    note: body.reason ?? null,
    set: { heardEventId: eventId, commandedAt: null, retryAt },
  });
}

async function accept(ctx: TransactionContext, { request, store, body }: Acting<Body<"logs.accepted">>): Promise<void> {
  if (isAsked(request) && body.bytes > request.maxBytes) {
    await move(ctx, request, { event: "failed", set: { detail: formatDetail("tooLarge") } });
    return;
  }
  const moved = await move(ctx, request, {
    event: "accepted",
    set: {
      announcedBytes: body.bytes,
      announcedSha256: body.sha256,
      sentBytes: 0,
      uploadKey: uploadKeyOf(request.id),
      commands: 0,
    },
  });
  if (!moved) return;
  Object.assign(request, { announcedBytes: body.bytes, sentBytes: 0, commands: 0 });
  if (await tellPhone(ctx, { request, store })) request.commands = 1;
}

async function renew(
  ctx: TransactionContext,
  { request, store, eventId }: Acting<Body<"upload.expired">>,
): Promise<void> {
  if ((request.state !== "accepted" && request.state !== "uploading") || eventId <= request.heardEventId) return;
  await ctx.tx.logRequest.update({ where: { id: request.id }, data: { heardEventId: eventId } });
  if (request.commands >= MOST_COMMANDS["logs.put"])
    await move(ctx, request, { event: "failed", set: { detail: formatDetail("keptExpiring") } });
  else await tellPhone(ctx, { request, store, actorName: request.clientId });
}

async function progress(ctx: TransactionContext, request: OpenRequest, sentBytes: number): Promise<void> {
  if (sentBytes <= (request.sentBytes ?? 0)) return;
  const known = Math.min(sentBytes, request.announcedBytes ?? sentBytes);
  if (await move(ctx, request, { event: "progressed", set: { sentBytes: known, progressedAt: ctx.now() } }))
    request.sentBytes = known;
}

/** After the request's time only the file itself counts: the object may be gone already. */
async function hearUploaded(ctx: TransactionContext, request: OpenRequest, store: ObjectStore): Promise<void> {
  if (request.state === "expired" && !(await store.head(uploadKeyOf(request.id)))) return;
  if (await receiveUpload(ctx, { logRequestId: request.id, actorName: request.clientId, cause: "uploaded" }))
    request.state = "received";
}
