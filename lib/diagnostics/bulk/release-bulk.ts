import { z } from "zod";
import { notify } from "@/lib/events/notify";
import { clientsByKey } from "@/lib/presence/find-candidates";
import { readStretch } from "@/lib/presence/read-found";
import { isUnfiltered } from "@/lib/presence/search-filters";
import { clientFiltersSchema } from "@/lib/presence/search-schemas";
import { addJob } from "@/lib/queue/add-job";
import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import { queueWebhook } from "@/lib/webhooks/queue-webhook";
import { columnsOf } from "../request-log";
import { bulkOptionsSchema } from "./schemas";

interface Running {
  id: string;
  releaseAt: Date;
  filters: unknown;
  clientIds: string[];
  options: unknown;
  position: string | null;
  ratePerMinute: number;
  stopFailedPercent: number | null;
  requestedBy: string;
  requestedByName: string;
  ended: number;
  failed: number;
}

// Often enough that a rate of hundreds a minute flows, and few enough at once for one transaction.
const TURN_MS = 5_000;
// Of fewer that ended a share says nothing. A guess to revisit.
const LEAST_ENDED = 5;
// Looked through at once, as by a search with filters: about 10 ms. So many times in one turn, when few fit.
const STEP = 2_000;
const MOST_STEPS = 20;

/**
 * Makes the next requests of a bulk, as many as its rate allows now, and plans its next turn; holds it when too many have failed.
 * One transaction under the bulk's lock: requests, position and next turn commit together, so a crash or a second worker makes none
 * twice. A machine write: `requestLogs` had the permission and the audit row.
 */
export async function releaseBulk(ctx: Context, bulkId: string): Promise<void> {
  await inTransaction(ctx, async (txCtx) => {
    const [bulk] = await txCtx.tx.$queryRaw<Running[]>`
      select b.id::text, release_at as "releaseAt", filters, client_ids as "clientIds", options, position::text,
             rate_per_minute as "ratePerMinute", stop_failed_percent as "stopFailedPercent",
             requested_by as "requestedBy", requested_by_name as "requestedByName",
             (select count(*)::int from log_requests r where r.bulk_id = b.id and r.state_at >= b.counted_from
                and r.state in ('ready', 'declined', 'failed', 'expired')) as ended,
             (select count(*)::int from log_requests r where r.bulk_id = b.id and r.state_at >= b.counted_from
                and r.state in ('declined', 'failed', 'expired')) as failed
      from log_request_bulks b where b.id = ${bulkId}::uuid and b.state = 'running' for update of b skip locked`;
    if (!bulk) return;
    if (bulk.releaseAt > ctx.now()) return planTurn(txCtx, bulk.id, bulk.releaseAt);
    if (failsTooOften(bulk)) return changeBulk(txCtx, bulk.id, "held");
    const many = Math.max(1, Math.floor((bulk.ratePerMinute * TURN_MS) / 60_000));
    const { clientIds, position, isLast } = await nextPhones(txCtx, bulk, many);
    for (const clientId of clientIds) await makeRequest(txCtx, bulk, clientId);
    if (clientIds.length > 0)
      await addJob(txCtx.tx, { task: "diagnostics:dispatch", isUrgent: true, payload: { clientIds } });
    const releaseAt = new Date(ctx.now().getTime() + (many * 60_000) / bulk.ratePerMinute);
    await txCtx.tx.logRequestBulk.update({
      where: { id: bulk.id },
      data: { position, releaseAt, made: { increment: clientIds.length } },
    });
    if (isLast) return changeBulk(txCtx, bulk.id, "done");
    await planTurn(txCtx, bulk.id, releaseAt);
    await notify(txCtx.tx, { type: "diagnostics.bulkChanged", bulkId: bulk.id });
  });
}

const failsTooOften = ({ stopFailedPercent, ended, failed }: Running): boolean =>
  stopFailedPercent !== null && ended >= LEAST_ENDED && failed * 100 >= stopFailedPercent * ended;

const planTurn = (ctx: TransactionContext, bulkId: string, runAt: Date): Promise<void> =>
  addJob(ctx.tx, {
    task: "diagnostics:releaseBulk",
    isUrgent: true,
    payload: { bulkId },
    key: `bulk:${bulkId}`,
    runAt,
  });

/** Sets a bulk's state and tells everyone; the caller holds its row. */
export async function changeBulk(
  ctx: TransactionContext,
  bulkId: string,
  state: "running" | "held" | "cancelled" | "done",
): Promise<void> {
  await ctx.tx.logRequestBulk.update({ where: { id: bulkId }, data: { state, stateAt: ctx.now() } });
  await notify(ctx.tx, { type: "diagnostics.bulkChanged", bulkId });
}

async function nextPhones(
  ctx: Context,
  bulk: Running,
  many: number,
): Promise<{ clientIds: string[]; position: string | null; isLast: boolean }> {
  const filters = clientFiltersSchema.parse(bulk.filters);
  const candidates = clientsByKey(bulk.clientIds.length > 0 ? bulk.clientIds : null);
  const clientIds: string[] = [];
  let position = bulk.position;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const stretch = await readStretch(ctx.db.pool, {
      candidates,
      after: position,
      limit: STEP,
      filters: isUnfiltered(filters) ? null : filters,
      now: ctx.now(),
    });
    const wanted = stretch.rows.slice(0, many - clientIds.length);
    clientIds.push(...wanted.map((row) => row.client_id));
    const isCut = wanted.length < stretch.rows.length;
    position = isCut ? (wanted.at(-1)?.client_key ?? position) : (stretch.last ?? position);
    if (isCut) return { clientIds, position, isLast: false };
    if (stretch.examined < STEP) return { clientIds, position, isLast: true };
    if (clientIds.length === many) break;
  }
  return { clientIds, position, isLast: false };
}

async function makeRequest(ctx: TransactionContext, bulk: Running, clientId: string): Promise<void> {
  const { startsAt: _begun, ...options } = bulkOptionsSchema.parse(bulk.options);
  const by = { requestedBy: bulk.requestedBy, requestedByName: bulk.requestedByName };
  const columns = { ...columnsOf(ctx, options), ...by };
  const { id } = await ctx.tx.logRequest.create({
    data: {
      ...columns,
      clientId,
      bulkId: bulk.id,
      changes: {
        create: { at: columns.stateAt, state: columns.state, actorName: bulk.requestedByName, cause: "requested" },
      },
    },
    select: { id: true },
  });
  await notify(ctx.tx, { type: "diagnostics.changed", logRequestId: id, clientId, state: columns.state });
  const data = { logRequestId: id, clientId, state: columns.state, before: null };
  await queueWebhook(ctx.tx, { type: "log_request.changed", at: columns.stateAt, data });
}

/** Bulks whose turn is over and was lost, for the clock. */
export async function releaseForgotten(ctx: Context): Promise<void> {
  const late = await ctx.db.pool.query(
    "select id::text from log_request_bulks where state = 'running' and release_at < $1::timestamptz - interval '1 minute' limit 50",
    [ctx.now()],
  );
  for (const { id } of z.array(z.object({ id: z.string() })).parse(late.rows)) await releaseBulk(ctx, id);
}
