import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { applyDeviceEvents } from "./apply-device-events";
import { DEVICE_EVENT_TYPES } from "./device-event";
import { statesBefore } from "./life-cycle";
import { moveLogRequest } from "./move-log-request";
import { receiveUpload } from "./receive-upload";

/**
 * What a clock does for log requests, so that no lost notification, event or worker leaves one behind. Machine writes: the
 * request's own verb had the permission and the audit row. All are bounded, and safe to run twice and at once.
 */

// A guess to revisit: more than this at once is the next minute's work.
const BATCH = 500;

/** Which log requests these device events answer; events of something else answer none. */
export async function listAnsweredRequests(ctx: Context, deviceEventIds: readonly number[]): Promise<string[]> {
  const found = await ctx.db.pool.query<{ id: string }>(
    `select distinct r.id::text from device_events e
     join log_requests r on r.id::text = e.command_id and r.client_id = e.client_id where e.id = any($1)`,
    [[...deviceEventIds]],
  );
  return found.rows.map((row) => row.id);
}

/** Acts on device events that came while no worker listened. */
export async function applyMissedEvents(ctx: Context, store: ObjectStore): Promise<void> {
  // Some minutes before the state began: events that came together with the one that moved it are told apart by acting on them.
  const missed = await ctx.db.pool.query<{ id: string }>(
    `select r.id::text from log_requests r
     where (r.state in ('sent', 'delivered', 'accepted', 'uploading') or r.cancel_pending) and exists (
       select from device_events e where e.command_id = r.id::text and e.client_id = r.client_id
         and e.type = any($1) and e.received_at >= r.state_at - interval '5 minutes')
     order by random() limit $2`,
    [[...DEVICE_EVENT_TYPES], BATCH],
  );
  for (const { id } of missed.rows) await applyDeviceEvents(ctx, store, id);
}

/** Finds files that arrived although the device's word for it did not, by looking at the object store. */
export async function findLostUploads(ctx: Context, store: ObjectStore): Promise<void> {
  // At random, so that none is always behind the others.
  const waiting = await ctx.db.pool.query<{ id: string; upload_key: string }>(
    `select id::text, upload_key from log_requests
     where state in ('accepted', 'uploading') and upload_key is not null and state_at < $1::timestamptz - interval '1 minute'
     order by random() limit $2`,
    [ctx.now(), BATCH],
  );
  for (const { id, upload_key } of waiting.rows)
    if (await store.head(upload_key)) await receiveUpload(ctx, { logRequestId: id, cause: "found" });
}

/** Lets drafts begin whose time has come; those that wait for a choice or for their turn among many begin otherwise. */
export async function beginDrafts(ctx: Context): Promise<string[]> {
  const due = await ctx.db.pool.query<{ id: string; client_id: string }>(
    `select id::text, client_id from log_requests
     where state = 'draft' and starts_at <= $1 and bulk_id is null and inventory is null limit $2`,
    [ctx.now(), BATCH],
  );
  const clientIds: string[] = [];
  for (const { id, client_id } of due.rows)
    if (await moveLogRequest(ctx, { logRequestId: id, event: "begun" })) clientIds.push(client_id);
  return clientIds;
}

/** Ends requests whose time is over. */
export async function expireLogRequests(ctx: Context): Promise<void> {
  const over = await ctx.db.pool.query<{ id: string }>(
    `select id::text from log_requests where state = any($1) and expires_at <= $2 limit $3`,
    [statesBefore("expired"), ctx.now(), BATCH],
  );
  for (const { id } of over.rows) await moveLogRequest(ctx, { logRequestId: id, event: "expired" });
}
