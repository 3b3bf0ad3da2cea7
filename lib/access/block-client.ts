import type { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import type { ClientBlock } from "@/lib/presence/schemas";
import { blockClientSchema } from "./schemas";

export type BlockClientInput = z.input<typeof blockClientSchema>;

/**
 * Keeps a client from connecting, until a time or until the block is lifted; gateways refuse it from this commit on, as soon as
 * they heard. What is connected stays connected: `disconnectClient` ends it. Blocking again replaces reason and end.
 */
export const blockClient = writeVerb({
  permission: "access.manage",
  input: blockClientSchema,
  work: async (ctx, { clientId, reason, until }) => {
    const end = until ? new Date(until) : null;
    if (end && end <= ctx.now()) throw new AppError("VALIDATION", "until: in the past. Choose a later end, or none.");
    const block = {
      reason,
      until: end,
      blockedBy: ctx.actor.id,
      blockedByName: ctx.actor.name,
      blockedAt: ctx.now(),
    };
    await ctx.tx.blockedClient.upsert({ where: { clientId }, create: { clientId, ...block }, update: block });
    await notify(ctx.tx, { type: "access.blocksChanged", clientId });
    const result: ClientBlock = {
      reason,
      until: end?.toISOString() ?? null,
      by: block.blockedByName,
      at: block.blockedAt.toISOString(),
    };
    return {
      result,
      audit: {
        action: "access.blockClient",
        subjectKind: "client",
        subjectId: clientId,
        reason,
        details: { until: result.until },
      },
    };
  },
});
