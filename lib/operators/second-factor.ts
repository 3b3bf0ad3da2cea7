import { randomUUID } from "node:crypto";
import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import type { SealedColumn } from "@/lib/crypto/reseal-column";
import { seal } from "@/lib/crypto/seal";
import { sealingKey } from "@/lib/env/sealing-key";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { TransactionContext } from "@/lib/rbac/context";
import { acceptCode, type CodeOutcome } from "./accept-code";
import { endSessions } from "./end-sessions";
import { hashRecoveryCode, makeRecoveryCodes, makeSecret, secretUri } from "./one-time-code";
import { isPassword } from "./password";
import { codeSchema, operatorIdSchema, type RecoveryCodes, type SecretToEnrol } from "./schemas";
import { tellOwner } from "./tell-owner";

/**
 * The second factor of an account that signs in with a password.
 * States: none → begun (a secret was shown) → confirmed (a code of it was) → none, by its owner with a code or by an administrator.
 * A begun one is asked for nowhere, and beginning again replaces it. Of each change its owner is told by mail.
 */

export const SEALED_SECOND_FACTORS: SealedColumn = {
  table: "second_factors",
  column: "secret_sealed",
  belongsTo: "id",
  about: (id) => id,
};

/**
 * Begins one's own: the secret is in this answer and never told again. Throws FORBIDDEN when the password is wrong, CONFLICT when there
 * is a second factor already.
 */
export const beginSecondFactor = writeVerb({
  permission: "own",
  input: z.strictObject({ password: z.string().min(1).max(256) }),
  work: async (ctx, { password }) => {
    const row = await ctx.tx.operator.findUniqueOrThrow({
      where: { id: ctx.actor.id },
      include: { secondFactor: true },
    });
    if (!(await isPassword(password, row.passwordHash)))
      throw new AppError("FORBIDDEN", "Your password is another one.");
    if (row.secondFactor?.confirmedAt)
      throw new AppError("CONFLICT", "You have a second factor already. Turn it off before you set up another.");
    const [id, secret] = [randomUUID(), makeSecret()];
    const begun = { id, secretSealed: seal(secret, { key: sealingKey(), about: id }), madeAt: ctx.now() };
    await ctx.tx.secondFactor.upsert({
      where: { operatorId: row.id, confirmedAt: null },
      create: { operatorId: row.id, ...begun },
      update: begun,
    });
    const result: SecretToEnrol = { secret, uri: secretUri({ secret, email: row.email }) };
    return { result, audit: { action: "operators.beginSecondFactor", ...own(ctx) } };
  },
});

/**
 * Makes the begun one count, by a code of it, and ends one's other sessions, which came in without. The recovery codes are in this answer
 * and never told again. Throws NOT_FOUND when none was begun, FORBIDDEN for a wrong code, CONFLICT when it counts already.
 */
export const confirmSecondFactor = writeVerb({
  permission: "own",
  input: codeSchema,
  work: async (ctx, { code }) => {
    const factor = await ctx.tx.secondFactor.findUnique({ where: { operatorId: ctx.actor.id } });
    if (!factor) throw new AppError("NOT_FOUND", "No second factor was begun. Begin again.");
    if (factor.confirmedAt) throw new AppError("CONFLICT", "Your second factor is on already.");
    requireCode(await acceptCode(ctx, { factor, code }));
    const { recoveryCodes, recoveryHashes } = recoveryOf(factor.id);
    await ctx.tx.secondFactor.update({ where: { id: factor.id }, data: { confirmedAt: ctx.now(), recoveryHashes } });
    await tellOwner(ctx, { operatorId: ctx.actor.id, change: "factorOn" });
    const asks = ctx.actor.kind === "operator" ? ctx.actor.sessionId : null;
    const { ended } = await endSessions(ctx, ctx.actor.id, asks ? { id: { not: asks } } : {});
    const result: RecoveryCodes = { recoveryCodes };
    return {
      result,
      audit: { action: "operators.confirmSecondFactor", ...own(ctx), details: { endedSessions: ended } },
    };
  },
});

/** New recovery codes in place of all before, by a code. Throws NOT_FOUND without a second factor, FORBIDDEN for a wrong code. */
export const renewRecoveryCodes = writeVerb({
  permission: "own",
  input: codeSchema,
  work: async (ctx, { code }) => {
    const factor = await getConfirmed(ctx);
    requireCode(await acceptCode(ctx, { factor, code }));
    const { recoveryCodes, recoveryHashes } = recoveryOf(factor.id);
    await ctx.tx.secondFactor.update({ where: { id: factor.id }, data: { recoveryHashes } });
    await tellOwner(ctx, { operatorId: ctx.actor.id, change: "recoveryCodesRenewed" });
    const result: RecoveryCodes = { recoveryCodes };
    return { result, audit: { action: "operators.renewRecoveryCodes", ...own(ctx) } };
  },
});

/** Turns off one's own, by a code. Throws NOT_FOUND when there is none, FORBIDDEN for a wrong code. */
export const removeSecondFactor = writeVerb({
  permission: "own",
  input: codeSchema,
  work: async (ctx, { code }) => {
    const factor = await getConfirmed(ctx);
    requireCode(await acceptCode(ctx, { factor, code }));
    await ctx.tx.secondFactor.delete({ where: { id: factor.id } });
    await tellOwner(ctx, { operatorId: ctx.actor.id, change: "factorOff" });
    return { result: undefined, audit: { action: "operators.removeSecondFactor", ...own(ctx) } };
  },
});

/** Takes away somebody's, whose app and codes are lost, and ends their sessions. Twice is harmless. Throws NOT_FOUND for no operator. */
export const takeSecondFactor = writeVerb({
  permission: "operators.manage",
  input: operatorIdSchema,
  work: async (ctx, { operatorId }) => {
    if (!(await ctx.tx.operator.findUnique({ where: { id: operatorId } })))
      throw new AppError("NOT_FOUND", sentence("There is no operator {operatorId}.", { operatorId }));
    const { count } = await ctx.tx.secondFactor.deleteMany({ where: { operatorId } });
    if (count > 0) await tellOwner(ctx, { operatorId, change: "factorTaken" });
    const { ended } = count > 0 ? await endSessions(ctx, operatorId, {}) : { ended: 0 };
    return {
      result: undefined,
      audit: {
        action: "operators.takeSecondFactor",
        subjectKind: "operator" as const,
        subjectId: operatorId,
        details: { removed: count, endedSessions: ended },
      },
    };
  },
});

async function getConfirmed(ctx: TransactionContext) {
  const factor = await ctx.tx.secondFactor.findUnique({
    where: { operatorId: ctx.actor.id, confirmedAt: { not: null } },
  });
  if (!factor) throw new AppError("NOT_FOUND", "You have no second factor.");
  return factor;
}

function requireCode(outcome: CodeOutcome): void {
  if (outcome === "app" || outcome === "recovery") return;
  throw new AppError(
    "FORBIDDEN",
    outcome === "used"
      ? "This code was used already. Wait for the next."
      : "This is not the code of now. Look again, and at the clock of your phone.",
  );
}

function recoveryOf(factorId: string): { recoveryCodes: string[]; recoveryHashes: Uint8Array<ArrayBuffer>[] } {
  const recoveryCodes = makeRecoveryCodes();
  return { recoveryCodes, recoveryHashes: recoveryCodes.map((code) => hashRecoveryCode(code, factorId)) };
}

const own = ({ actor }: TransactionContext) => ({ subjectKind: "operator" as const, subjectId: actor.id });
