import { z } from "zod";
import { recordAudit } from "@/lib/audit/record-audit";
import { parseInput, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { operatorActor } from "@/lib/rbac/actor";
import { inTransaction, type Context } from "@/lib/rbac/context";
import { sentence, type Sentence } from "@/lib/sentence";
import { endSessions } from "./end-sessions";
import { hashToken } from "./invite";
import { hashPassword, isPassword } from "./password";
import { ownWordsOf, passwordStrength, type Weakness } from "./password-strength";
import { passwordSchema } from "./schemas";
import { tellOwner } from "./tell-owner";

const acceptSchema = z.strictObject({ token: z.string().length(43), password: passwordSchema });

const isGone = (): AppError =>
  new AppError("NOT_FOUND", "This link was used, replaced or is too old. Ask an administrator for a new one.");

/**
 * Sets a password by a link, once: the link is used up and every session of the account ends. Throws NOT_FOUND for a link that holds
 * no more, VALIDATION for a password that is easily guessed. Machine write: who holds the link has no session yet; the audit names them.
 */
export async function acceptInvite(ctx: Context, given: unknown): Promise<{ email: string }> {
  const { token, password } = parseInput(acceptSchema, given);
  const passwordHash = await hashPassword(password);
  return inTransaction(ctx, async (txCtx) => {
    const where = { inviteHash: hashToken(token), inviteExpiresAt: { gt: txCtx.now() }, disabledAt: null };
    const found = await txCtx.tx.operator.findFirst({ where });
    if (!found) throw isGone();
    requireStrength(password, found);
    // The same conditions again: of two who use a link at once, one does.
    const data = { passwordHash, inviteHash: null, inviteExpiresAt: null };
    const { count } = await txCtx.tx.operator.updateMany({ where: { ...where, id: found.id }, data });
    if (count === 0) throw isGone();
    const asOwner = { ...txCtx, actor: operatorActor(found) };
    const { ended } = await endSessions(asOwner, found.id, { how: "password" });
    await tellOwner(asOwner, { operatorId: found.id, change: "passwordSet" });
    await recordAudit(asOwner, [
      {
        action: "operators.acceptInvite",
        subjectKind: "operator",
        subjectId: found.id,
        details: { endedSessions: ended },
      },
    ]);
    return { email: found.email };
  });
}

/** Changes one's own password and ends one's other sessions. Throws FORBIDDEN when the present one is wrong, VALIDATION when the other is easily guessed. */
export const changeOwnPassword = writeVerb({
  permission: "own",
  input: z.strictObject({ current: z.string().min(1).max(256), password: passwordSchema }),
  work: async (ctx, { current, password }) => {
    const row = await ctx.tx.operator.findUniqueOrThrow({ where: { id: ctx.actor.id } });
    if (!(await isPassword(current, row.passwordHash)))
      throw new AppError("FORBIDDEN", "The present password is another one.");
    requireStrength(password, row);
    await ctx.tx.operator.update({ where: { id: row.id }, data: { passwordHash: await hashPassword(password) } });
    await tellOwner(ctx, { operatorId: row.id, change: "passwordChanged" });
    const own = ctx.actor.kind === "operator" ? ctx.actor.sessionId : null;
    const { ended } = await endSessions(ctx, row.id, { ...(own ? { id: { not: own } } : {}), how: "password" });
    return {
      result: { ended },
      audit: {
        action: "operators.changeOwnPassword",
        subjectKind: "operator",
        subjectId: row.id,
        details: { endedSessions: ended },
      },
    };
  },
});

function requireStrength(password: string, owner: { email: string; name: string }): void {
  const { weakness } = passwordStrength(password, ownWordsOf(owner));
  if (weakness === null) return;
  throw new AppError("VALIDATION", sentence("This password is easily guessed: {why}", { why: WHY_WEAK[weakness] }), {
    issues: [{ path: "password", message: WHY_WEAK[weakness] }],
  });
}

// The browser says the same in its own language before anything is sent (components.password.weak).
const WHY_WEAK: Record<Weakness, Sentence> = {
  leaked: sentence(
    "it is, or nearly is, on lists of passwords that leaked, which are tried first. Choose a few unrelated words.",
  ),
  own: sentence("your name, your e-mail or the product's name is in it. Choose other words."),
  keyboard: sentence("it follows the rows of a keyboard. Choose a few unrelated words."),
  repeated: sentence("it repeats itself. Choose a few unrelated words."),
  sequence: sentence("it goes on as the alphabet or numbers do. Choose a few unrelated words."),
  simple: sentence("too little of it is unexpected. Add a word or two that have nothing to do with the rest."),
};
