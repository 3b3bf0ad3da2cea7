import { createHash, randomBytes } from "node:crypto";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { TransactionContext } from "@/lib/rbac/context";
import { requireRole } from "./roles";
import { INVITE_HOURS, inviteSchema, operatorIdSchema } from "./schemas";

/** Someone to be handed a link. The token is in this answer and nowhere else, ever. */
export interface Invited {
  operatorId: string;
  email: string;
  name: string;
  token: string;
  /** ISO 8601, UTC. */
  until: string;
}

/** Makes an account without a password, and the token of a link by which its owner sets one. Throws CONFLICT for an e-mail that has one. */
export const inviteOperator = writeVerb({
  permission: "operators.manage",
  input: inviteSchema,
  work: async (ctx, { email, name, role }) => {
    await requireRole(ctx, role);
    if (await ctx.tx.operator.findUnique({ where: { email } }))
      throw new AppError("CONFLICT", sentence("{email} has an account already.", { email }));
    const { id } = await ctx.tx.operator.create({ data: { email, name, role } });
    const result = await makeToken(ctx, { id, email, name });
    return {
      result,
      audit: { action: "operators.inviteOperator", subjectKind: "operator", subjectId: id, details: { role } },
    };
  },
});

/**
 * A new link in place of any before it: for a first password, or one that was forgotten; the present password goes on until it is used.
 * Throws NOT_FOUND, CONFLICT for a closed account and for one that signs in by the identity provider.
 */
export const renewInvite = writeVerb({
  permission: "operators.manage",
  input: operatorIdSchema,
  work: async (ctx, { operatorId }) => {
    const row = await ctx.tx.operator.findUnique({ where: { id: operatorId } });
    if (!row) throw new AppError("NOT_FOUND", sentence("There is no operator {operatorId}.", { operatorId }));
    if (row.disabledAt) throw new AppError("CONFLICT", "This account is closed. Open it first.");
    if (row.subject)
      throw new AppError("CONFLICT", "This account signs in by the identity provider; its password is set there.");
    return {
      result: await makeToken(ctx, row),
      audit: { action: "operators.renewInvite", subjectKind: "operator", subjectId: operatorId },
    };
  },
});

async function makeToken(
  ctx: TransactionContext,
  { id, email, name }: { id: string; email: string; name: string },
): Promise<Invited> {
  const token = randomBytes(32).toString("base64url");
  const until = new Date(ctx.now().getTime() + INVITE_HOURS * 3_600_000);
  await ctx.tx.operator.update({ where: { id }, data: { inviteHash: hashToken(token), inviteExpiresAt: until } });
  return { operatorId: id, email, name, token, until: until.toISOString() };
}

/** How a token is kept and looked up: SHA-256, as 256 random bits leave nothing for a slow hash to protect. */
export const hashToken = (token: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash("sha256").update(token).digest());
