import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { TransactionContext } from "@/lib/rbac/context";
import { legible } from "@/lib/format/kept-text";
import { BREAK_GLASS_MINUTES } from "./terms";

const purposeSchema = z.string().overwrite(legible).trim().min(3).max(300);

/** Until when names and numbers are whole. */
export interface Unmasked {
  /** ISO 8601, UTC. */
  endsAt: string;
}

/** Shows names and numbers whole to this session for some minutes, for a purpose and its ticket; in place of any showing before. */
export const unmaskPeople = ({ minutes }: { minutes: number }) =>
  writeVerb({
    permission: "people.unmask",
    input: z.strictObject({ purpose: purposeSchema, ticket: z.string().overwrite(legible).trim().min(1).max(60) }),
    work: async (ctx, { purpose, ticket }) => {
      const { id, result } = await open(ctx, { kind: "unmask", purpose, ticket, minutes });
      return {
        result,
        audit: {
          action: "operators.unmaskPeople",
          subjectKind: "operator",
          subjectId: ctx.actor.id,
          reason: purpose,
          ticket,
          details: { unmasking: id, minutes },
        },
      };
    },
  });

/**
 * As `unmaskPeople` where there is no time for a ticket, nor perhaps a permission: one sentence is enough. For 30 minutes; the alert
 * `break-glass` opens by it, and an administrator is asked to review it.
 */
export const breakGlass = writeVerb({
  permission: "presence.read",
  input: z.strictObject({ purpose: purposeSchema }),
  work: async (ctx, { purpose }) => {
    const { id, result } = await open(ctx, {
      kind: "break_glass",
      purpose,
      ticket: null,
      minutes: BREAK_GLASS_MINUTES,
    });
    return {
      result,
      audit: {
        action: "operators.breakGlass",
        subjectKind: "operator",
        subjectId: ctx.actor.id,
        reason: purpose,
        details: { unmasking: id, minutes: BREAK_GLASS_MINUTES },
      },
    };
  },
});

/** Masks names and numbers again in this session, before the time is over. Twice is harmless. */
export const maskPeople = writeVerb({
  permission: "own",
  input: z.strictObject({}),
  work: async (ctx) => {
    await close(ctx, sessionOf(ctx));
    return {
      result: undefined,
      audit: { action: "operators.maskPeople", subjectKind: "operator", subjectId: ctx.actor.id },
    };
  },
});

async function open(
  ctx: TransactionContext,
  given: { kind: "unmask" | "break_glass"; purpose: string; ticket: string | null; minutes: number },
): Promise<{ id: string; result: Unmasked }> {
  const { minutes, ...kept } = given;
  const sessionId = sessionOf(ctx);
  await close(ctx, sessionId);
  const startedAt = ctx.now();
  const endsAt = new Date(startedAt.getTime() + minutes * 60_000);
  const { id } = await ctx.tx.unmasking.create({
    data: { ...kept, sessionId, operatorId: ctx.actor.id, startedAt, endsAt },
  });
  return { id, result: { endsAt: endsAt.toISOString() } };
}

async function close(ctx: TransactionContext, sessionId: string): Promise<void> {
  await ctx.tx.unmasking.updateMany({ where: { sessionId, endsAt: { gt: ctx.now() } }, data: { endsAt: ctx.now() } });
}

/** It belongs to a session, so that it ends with it and no other device of the operator sees more. */
function sessionOf({ actor }: TransactionContext): string {
  if (actor.kind === "operator" && actor.sessionId) return actor.sessionId;
  throw new AppError("FORBIDDEN", "Only someone signed in to the console sees names and numbers whole.");
}
