import { AppError } from "@/lib/errors";
import type { TransactionContext } from "@/lib/rbac/context";
import { ROLES, roleMay } from "@/lib/rbac/permissions";

// Any number; the same wherever an administrator may be lost, so that two who do so take turns.
const LOCK = 5_130_429;

/** Makes whoever could take the last administrator away take turns; before the change. */
export async function lockAdministrators(ctx: TransactionContext): Promise<void> {
  await ctx.tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`;
}

/** Throws CONFLICT, so that the change is undone, when after it nobody who can sign in may manage the operators. */
export async function requireAdministrator(ctx: TransactionContext): Promise<void> {
  const ours = ROLES.filter((role) => roleMay(role, "operators.manage"));
  const left = await ctx.tx.$queryRaw<unknown[]>`
    select from operators o left join custom_roles r on r.name = o.role
    where o.disabled_at is null and (o.password_hash is not null or o.subject is not null)
      and (o.role = any(${ours}) or 'operators.manage' = any(r.permissions)) limit 1`;
  if (left.length === 0)
    throw new AppError(
      "CONFLICT",
      "This would leave nobody who may manage the operators. Give someone else that role first.",
    );
}
