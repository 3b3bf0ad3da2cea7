import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { TransactionContext } from "@/lib/rbac/context";
import { lockAdministrators, requireAdministrator } from "./admin-remains";
import { endSessions } from "./end-sessions";
import { requireRole } from "./roles";
import { operatorIdSchema, roleNameSchema } from "./schemas";

/** Gives an operator another role, from their next request on. Throws NOT_FOUND, VALIDATION for a role there is none of, CONFLICT for the last administrator. */
export const changeOperatorRole = writeVerb({
  permission: "operators.manage",
  input: z.strictObject({ operatorId: z.uuid(), role: roleNameSchema }),
  work: async (ctx, { operatorId, role }) => {
    await lockAdministrators(ctx);
    await requireRole(ctx, role);
    const before = await getRow(ctx, operatorId);
    await ctx.tx.operator.update({ where: { id: operatorId }, data: { role } });
    await requireAdministrator(ctx);
    return {
      result: undefined,
      audit: { action: "operators.changeOperatorRole", ...on(operatorId), details: { role, before: before.role } },
    };
  },
});

/** Closes an account: its sessions end at once and its link to set a password with them. Twice is harmless. Throws NOT_FOUND, CONFLICT for the last administrator. */
export const disableOperator = writeVerb({
  permission: "operators.manage",
  input: operatorIdSchema,
  work: async (ctx, { operatorId }) => {
    await lockAdministrators(ctx);
    const before = await getRow(ctx, operatorId);
    await ctx.tx.operator.update({
      where: { id: operatorId },
      data: { disabledAt: before.disabledAt ?? ctx.now(), inviteHash: null, inviteExpiresAt: null },
    });
    const { ended } = await endSessions(ctx, operatorId, { how: "disabled" });
    await requireAdministrator(ctx);
    return {
      result: undefined,
      audit: { action: "operators.disableOperator", ...on(operatorId), details: { endedSessions: ended } },
    };
  },
});

/** Opens a closed account again, with the role and password it had. Twice is harmless. Throws NOT_FOUND. */
export const enableOperator = writeVerb({
  permission: "operators.manage",
  input: operatorIdSchema,
  work: async (ctx, { operatorId }) => {
    await getRow(ctx, operatorId);
    await ctx.tx.operator.update({ where: { id: operatorId }, data: { disabledAt: null } });
    return { result: undefined, audit: { action: "operators.enableOperator", ...on(operatorId) } };
  },
});

async function getRow(ctx: TransactionContext, operatorId: string) {
  const row = await ctx.tx.operator.findUnique({ where: { id: operatorId } });
  if (!row) throw new AppError("NOT_FOUND", sentence("There is no operator {operatorId}.", { operatorId }));
  return row;
}

const on = (operatorId: string) => ({ subjectKind: "operator" as const, subjectId: operatorId });
