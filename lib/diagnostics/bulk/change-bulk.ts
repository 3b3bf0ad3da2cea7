import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { addJob } from "@/lib/queue/add-job";
import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import { sentence, type Sentence } from "@/lib/sentence";
import { cancelOne } from "../cancel-log-request";
import { statesBefore } from "../life-cycle";
import { changeBulk } from "./release-bulk";
import { bulkIdSchema, type BulkState } from "./schemas";

/** Asks no more phones, and cancels what was asked of the others, in the background. Throws CONFLICT when it was cancelled before. */
export const cancelLogRequests = writeVerb({
  permission: "diagnostics.request",
  input: bulkIdSchema,
  work: async (ctx, { bulkId }) => {
    await lockBulk(ctx, bulkId, ["running", "held", "done"]);
    await changeBulk(ctx, bulkId, "cancelled");
    await addJob(ctx.tx, {
      task: "diagnostics:cancelBulk",
      isUrgent: true,
      payload: { bulkId, actorName: ctx.actor.name },
    });
    return {
      result: { state: "cancelled" as const },
      audit: { action: "diagnostics.cancelLogRequests", subjectKind: "log_request", subjectId: bulkId },
    };
  },
});

/** Goes on with a bulk that was held because too many failed; what failed before is not counted again. Throws CONFLICT otherwise. */
export const resumeLogRequests = writeVerb({
  permission: "diagnostics.request",
  input: bulkIdSchema,
  work: async (ctx, { bulkId }) => {
    await lockBulk(ctx, bulkId, ["held"]);
    await changeBulk(ctx, bulkId, "running");
    await ctx.tx.logRequestBulk.update({ where: { id: bulkId }, data: { countedFrom: ctx.now() } });
    await addJob(ctx.tx, {
      task: "diagnostics:releaseBulk",
      isUrgent: true,
      payload: { bulkId },
      key: `bulk:${bulkId}`,
    });
    return {
      result: { state: "running" as const },
      audit: { action: "diagnostics.resumeLogRequests", subjectKind: "log_request", subjectId: bulkId },
    };
  },
});

const STATE_WORDS: Record<BulkState, Sentence> = {
  running: sentence("running"),
  held: sentence("held"),
  cancelled: sentence("cancelled"),
  done: sentence("done"),
};

async function lockBulk(ctx: TransactionContext, bulkId: string, allowed: readonly BulkState[]): Promise<void> {
  const [bulk] = await ctx.tx.$queryRaw<{ state: BulkState }[]>`
    select state from log_request_bulks where id = ${bulkId}::uuid for update`;
  if (!bulk) throw new AppError("NOT_FOUND", "There are no such log requests. They may have been removed by age.");
  if (!allowed.includes(bulk.state))
    throw new AppError(
      "CONFLICT",
      sentence("This cannot be done any more ({state}).", { state: STATE_WORDS[bulk.state] }),
    );
}

// Each is a few statements; so many keep a transaction short.
const BATCH = 25;

/** Cancels what is left of a cancelled bulk, in steps. Safe to run again after a crash. A machine write: the verb had the permission. */
export async function cancelMembers(ctx: Context, of: { bulkId: string; actorName: string }): Promise<void> {
  const named: Context = { ...ctx, actor: { ...ctx.actor, name: of.actorName } };
  const open = statesBefore("cancelled");
  for (;;) {
    const cancelled = await inTransaction(named, async (txCtx) => {
      const left = await txCtx.tx.logRequest.findMany({
        where: { bulkId: of.bulkId, state: { in: open } },
        select: { id: true },
        take: BATCH,
      });
      for (const { id } of left) await cancelOne(txCtx, id);
      return left.length;
    });
    if (cancelled < BATCH) return;
  }
}
