import { recordAudit } from "@/lib/audit/record-audit";
import { operatorActor, type Actor } from "@/lib/rbac/actor";
import { inTransaction, type Context } from "@/lib/rbac/context";
import { tellOwner } from "./tell-owner";

/** Machine writes: what the console itself keeps of signing in and out; there is no actor yet, or none any more. */

/** How someone showed who they are. */
export type SignInMethod = "password" | "provider";

/** Opens a session: its row, the time in the operator's and the audit, together. Gives the session's id. */
export async function recordSignIn(
  ctx: Context,
  given: {
    operator: { id: string; name: string; role: string };
    method: SignInMethod;
    /** What the browser calls itself, in a few words; empty when it says nothing. */
    device: string;
    /** What was shown beside a password, where that was asked for. */
    secondFactor?: "app" | "recovery" | null;
  },
): Promise<string> {
  const { operator, method, device, secondFactor } = given;
  return inTransaction({ ...ctx, actor: operatorActor(operator) }, async (txCtx) => {
    const at = txCtx.now();
    await txCtx.tx.operator.update({ where: { id: operator.id }, data: { lastSignInAt: at } });
    const { id } = await txCtx.tx.operatorSession.create({
      data: { operatorId: operator.id, method, device, address: ctx.fromAddress, startedAt: at, renewedAt: at },
    });
    if (secondFactor === "recovery") await tellOwner(txCtx, { operatorId: operator.id, change: "recoveryCodeUsed" });
    await recordAudit(txCtx, [
      {
        action: "operators.signIn",
        subjectKind: "operator",
        subjectId: operator.id,
        details: { method, device, sessionId: id, ...(secondFactor ? { secondFactor } : {}) },
      },
    ]);
    return id;
  });
}

/** Why a sign-in was refused; only the audit is told. */
export type SignInRefusal =
  | "unknown"
  | "password"
  | "code"
  | "usedCode"
  | "disabled"
  | "practice"
  | "unverified"
  | "noRole"
  | "weakSignIn"
  | "otherSubject";

/**
 * Keeps that a sign-in was refused, in the name of `ctx`'s actor (the console's process). What was typed is not kept: people
 * type passwords into the wrong field.
 */
export async function recordRefusedSignIn(
  ctx: Context,
  refused: { operatorId: string | null; cause: SignInRefusal },
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

/** Keeps that a right password was followed by the question for a code: whoever gets no further leaves a trace too. */
export async function recordCodeAsked(ctx: Context, operatorId: string): Promise<void> {
  await inTransaction(ctx, (txCtx) =>
    recordAudit(txCtx, [{ action: "operators.askCode", subjectKind: "operator", subjectId: operatorId }]),
  );
}

/** Ends a session because its browser signed out; one that ended before stays as it ended. */
export async function recordSignOut(ctx: Context & { actor: Extract<Actor, { kind: "operator" }> }): Promise<void> {
  const { id: operatorId, sessionId, name } = ctx.actor;
  if (!sessionId) return;
  await inTransaction(ctx, async (txCtx) => {
    const { count } = await txCtx.tx.operatorSession.updateMany({
      where: { id: sessionId, endedAt: null },
      data: { endedAt: txCtx.now(), endedHow: "signed_out", endedBy: name },
    });
    if (count > 0)
      await recordAudit(txCtx, [
        { action: "operators.signOut", subjectKind: "operator", subjectId: operatorId, details: { sessionId } },
      ]);
  });
}

/** Begins a session's idle time anew. */
export async function renewSession(ctx: Context, sessionId: string): Promise<void> {
  await ctx.db.prisma.operatorSession.updateMany({
    where: { id: sessionId, endedAt: null },
    data: { renewedAt: ctx.now() },
  });
}
