import { recordAudit } from "@/lib/audit/record-audit";
import { operatorActor } from "@/lib/rbac/actor";
import { inTransaction, type Context } from "@/lib/rbac/context";
import type { OperatorStanding } from "./find-operator";

/** Machine writes: what the console itself keeps of signing in and out; there is no actor yet, or none any more. */

/** Keeps that an operator signed in: their row and the audit, together. */
export async function recordSignIn(ctx: Context, operator: OperatorStanding): Promise<void> {
  await inTransaction({ ...ctx, actor: operatorActor(operator) }, async (txCtx) => {
    await txCtx.tx.operator.update({ where: { id: operator.id }, data: { lastSignInAt: txCtx.now() } });
    await recordAudit(txCtx, [{ action: "operators.signIn", subjectKind: "operator", subjectId: operator.id }]);
  });
}

/**
 * Keeps that a sign-in was refused, in the name of `ctx`'s actor (the console's process). What was typed is not kept: people
 * type passwords into the wrong field.
 */
export async function recordRefusedSignIn(
  ctx: Context,
  refused: { operatorId: string | null; cause: "unknown" | "password" | "disabled" },
): Promise<void> {
  await inTransaction(ctx, (txCtx) =>
    recordAudit(txCtx, [
      {
        action: "operators.signInRefused",
        subjectKind: "operator",
        subjectId: refused.operatorId,
        details: { cause: refused.cause },
      },
    ]),
  );
}

/** Keeps that an operator signed out of one browser. */
export async function recordSignOut(ctx: Context): Promise<void> {
  await inTransaction(ctx, (txCtx) =>
    recordAudit(txCtx, [{ action: "operators.signOut", subjectKind: "operator", subjectId: ctx.actor.id }]),
  );
}
