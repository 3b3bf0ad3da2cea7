import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import type { AuditFact } from "@/lib/audit/record-audit";
import type { TransactionContext } from "@/lib/rbac/context";

/** How many ended: those that had ended before stay as they are, so a second call is harmless. */
interface Ended {
  ended: number;
}

/** Ends one of one's own sessions, or without a name all but the one that asks. */
export const endOwnSessions = writeVerb({
  permission: "own",
  input: z.strictObject({ sessionId: z.uuid().optional() }),
  work: async (ctx, { sessionId }) => {
    const own = ctx.actor.kind === "operator" ? ctx.actor.sessionId : null;
    const which = sessionId ? { id: sessionId } : own ? { id: { not: own } } : {};
    return told({ operatorId: ctx.actor.id, sessionId, ...(await endSessions(ctx, ctx.actor.id, which)) });
  },
});

/** Ends one session of an operator, or without a name all of them; at once, for a copied cookie too. */
export const endOperatorSessions = writeVerb({
  permission: "operators.manage",
  input: z.strictObject({ operatorId: z.uuid(), sessionId: z.uuid().optional() }),
  work: async (ctx, { operatorId, sessionId }) =>
    told({ operatorId, sessionId, ...(await endSessions(ctx, operatorId, sessionId ? { id: sessionId } : {})) }),
});

const told = (of: {
  operatorId: string;
  sessionId: string | undefined;
  ended: number;
}): { result: Ended; audit: AuditFact } => ({
  result: { ended: of.ended },
  audit: {
    action: "operators.endSessions",
    subjectKind: "operator",
    subjectId: of.operatorId,
    details: { ended: of.ended, ...(of.sessionId ? { sessionId: of.sessionId } : {}) },
  },
});

/** Part of a write verb: ends open sessions of an operator, and with them what they may see. */
export async function endSessions(
  ctx: TransactionContext,
  operatorId: string,
  which: { id?: string | { not: string }; how?: "revoked" | "disabled" | "password" },
): Promise<Ended> {
  const { how = "revoked", ...where } = which;
  const { count } = await ctx.tx.operatorSession.updateMany({
    where: { ...where, operatorId, endedAt: null },
    data: { endedAt: ctx.now(), endedHow: how, endedBy: ctx.actor.name },
  });
  return { ended: count };
}
