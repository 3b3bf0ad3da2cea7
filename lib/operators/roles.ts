import { z } from "zod";
import { readVerb, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { TransactionContext } from "@/lib/rbac/context";
import { isRole, PERMISSIONS } from "@/lib/rbac/permissions";
import { sentence } from "@/lib/sentence";
import { lockAdministrators, requireAdministrator } from "./admin-remains";
import { customRoleSchema, roleNameSchema, type CustomRole } from "./schemas";

// Columns of a table that somebody reads.
const MOST_ROLES = 20;

/** The roles made here, by name; at most 20. */
export const listRoles = readVerb({
  permission: "operators.read",
  input: z.object({}),
  work: async (ctx): Promise<CustomRole[]> => {
    const { rows } = await ctx.db.pool.query<{
      name: string;
      permissions: string[];
      changed_by: string;
      changed_at: Date;
      operators: number;
    }>(
      `select r.name, r.permissions, r.changed_by, r.changed_at, count(o.id)::int as operators
       from custom_roles r left join operators o on o.role = r.name group by r.name order by r.name limit $1`,
      [MOST_ROLES],
    );
    return rows.map((row) => ({
      name: row.name,
      permissions: PERMISSIONS.filter((permission) => row.permissions.includes(permission)),
      changedBy: row.changed_by,
      changedAt: row.changed_at.toISOString(),
      operators: row.operators,
    }));
  },
});

/** Makes a role of some permissions. Throws CONFLICT when there is one of that name, LIMIT above 20. */
export const createRole = writeVerb({
  permission: "operators.manage",
  input: customRoleSchema,
  work: async (ctx, { name, permissions }) => {
    if ((await ctx.tx.customRole.count()) >= MOST_ROLES)
      throw new AppError(
        "LIMIT",
        sentence("There are {most} already. Delete one that nobody has.", { most: MOST_ROLES }),
      );
    const { count } = await ctx.tx.customRole.createMany({
      data: [{ name, permissions, changedBy: ctx.actor.name, changedAt: ctx.now() }],
      skipDuplicates: true,
    });
    if (count === 0) throw new AppError("CONFLICT", sentence("There is a role {name} already.", { name }));
    return { result: undefined, audit: { action: "operators.createRole", ...on(name), details: { permissions } } };
  },
});

/** Changes what a role made here may do; for whoever has it, from their next request on. Throws NOT_FOUND. */
export const changeRole = writeVerb({
  permission: "operators.manage",
  input: customRoleSchema,
  work: async (ctx, { name, permissions }) => {
    await lockAdministrators(ctx);
    const before = await ctx.tx.customRole.findUnique({ where: { name } });
    if (!before) throw new AppError("NOT_FOUND", sentence("There is no role {name}.", { name }));
    await ctx.tx.customRole.update({
      where: { name },
      data: { permissions, changedBy: ctx.actor.name, changedAt: ctx.now() },
    });
    await requireAdministrator(ctx);
    return {
      result: undefined,
      audit: { action: "operators.changeRole", ...on(name), details: { permissions, before: before.permissions } },
    };
  },
});

/** Deletes a role that nobody has. What is not there is none to delete. Throws CONFLICT while someone has it. */
export const deleteRole = writeVerb({
  permission: "operators.manage",
  input: z.strictObject({ name: roleNameSchema }),
  work: async (ctx, { name }) => {
    await lockAdministrators(ctx);
    const holders = await ctx.tx.operator.count({ where: { role: name } });
    if (holders > 0)
      throw new AppError(
        "CONFLICT",
        sentence("{holders} of the staff have the role {name}. Change theirs first.", { holders, name }),
      );
    await ctx.tx.customRole.deleteMany({ where: { name } });
    return { result: undefined, audit: { action: "operators.deleteRole", ...on(name) } };
  },
});

/** Part of a write verb: throws VALIDATION unless the role is ours or made here. */
export async function requireRole(ctx: TransactionContext, name: string): Promise<void> {
  if (isRole(name) || (await ctx.tx.customRole.findUnique({ where: { name } }))) return;
  throw new AppError("VALIDATION", sentence("There is no role {name}.", { name }), {
    issues: [{ path: "role", message: sentence("No such role") }],
  });
}

const on = (name: string) => ({ subjectKind: "role" as const, subjectId: name });
