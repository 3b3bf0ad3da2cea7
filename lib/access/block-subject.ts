import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import { personIdSchema } from "@/lib/people/schemas";
import { networkSchema } from "./network";
import { actionReasonSchema } from "./schemas";

const blockEnd = {
  reason: actionReasonSchema,
  /** Null: until it is lifted. */
  until: z.iso.datetime({ offset: true }).nullable(),
};
const blockSubjectSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("person"), subject: personIdSchema, ...blockEnd }),
  z.strictObject({ kind: z.literal("network"), subject: networkSchema, ...blockEnd }),
]);
const unblockSubjectSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("person"), subject: personIdSchema, reason: actionReasonSchema.optional() }),
  z.strictObject({ kind: z.literal("network"), subject: networkSchema, reason: actionReasonSchema.optional() }),
]);

/**
 * Keeps a person's devices, or whatever comes from a network, from connecting, until a time or until the block is lifted; gateways refuse
 * them from this commit on, as soon as they heard. Connections that stand are ended within 5 s (`endRefusedConnections`,
 * `endBlockedNetworks`: of a wide network it takes longer). Blocking again replaces reason and end, and looks for connections again.
 */
export const blockSubject = writeVerb({
  permission: "access.manage",
  input: blockSubjectSchema,
  work: async (ctx, { kind, subject, reason, until }) => {
    const end = until ? new Date(until) : null;
    if (end && end <= ctx.now()) throw new AppError("VALIDATION", "until: in the past. Choose a later end, or none.");
    const row = {
      reason,
      until: end,
      blockedBy: ctx.actor.id,
      blockedByName: ctx.actor.name,
      blockedAt: ctx.now(),
      looks: 0,
    };
    await ctx.tx.block.upsert({
      where: { kind_subject: { kind, subject } },
      create: { kind, subject, ...row },
      update: row,
    });
    await notify(ctx.tx, { type: "access.blocksChanged" });
    return {
      result: { kind, subject },
      audit: {
        action: "access.blockSubject",
        subjectKind: kind,
        subjectId: subject,
        reason,
        details: { until: end?.toISOString() ?? null },
      },
    };
  },
});

/** Lifts the block of a person or a network; one that is not blocked is left as it is, which the audit says too. */
export const unblockSubject = writeVerb({
  permission: "access.manage",
  input: unblockSubjectSchema,
  work: async (ctx, { kind, subject, reason }) => {
    const { count } = await ctx.tx.block.deleteMany({ where: { kind, subject } });
    await notify(ctx.tx, { type: "access.blocksChanged" });
    return {
      result: { wasBlocked: count > 0 },
      audit: {
        action: "access.unblockSubject",
        subjectKind: kind,
        subjectId: subject,
        reason: reason ?? null,
        details: { wasBlocked: count > 0 },
      },
    };
  },
});
