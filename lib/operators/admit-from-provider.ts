import { recordAudit } from "@/lib/audit/record-audit";
import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import { isRole } from "@/lib/rbac/permissions";
import type { SignInRefusal } from "./record-sign-in";

/** Who an identity provider vouches for. */
interface Provided {
  subject: string;
  verifiedEmail: string | null;
  name: string | null;
  /** By their groups; null: the role the account has here. */
  role: string | null;
}

type Admitted =
  | { operator: { id: string; name: string; role: string }; refused: null }
  | { refused: SignInRefusal; operatorId: string | null };

/**
 * The account of someone who signed in at the provider: by subject; the first time by a verified e-mail, which ties the account to
 * that subject for good; else made, where their groups give them a role. Their role follows their groups.
 * Machine write: the provider is the authority over who its people are; the audit says so in the console's name.
 */
export function admitFromProvider(ctx: Context, provided: Provided): Promise<Admitted> {
  return inTransaction(ctx, async (txCtx): Promise<Admitted> => {
    if (provided.role !== null && !(await isKnownRole(txCtx, provided.role)))
      return { refused: "noRole", operatorId: null };
    const { tx } = txCtx;
    const bySubject = await tx.operator.findUnique({ where: { subject: provided.subject } });
    const { verifiedEmail } = provided;
    const row = bySubject ?? (verifiedEmail ? await tx.operator.findUnique({ where: { email: verifiedEmail } }) : null);
    if (!row) return makeOperator(txCtx, provided);
    if (row.disabledAt) return { refused: "disabled", operatorId: row.id };
    // An account of a practice stack is nobody's; one tied to a subject stays that person's when the e-mail is given to another.
    if (row.practice || (row.subject !== null && row.subject !== provided.subject))
      return { refused: "otherSubject", operatorId: row.id };
    const role = provided.role ?? row.role;
    await tx.operator.update({ where: { id: row.id }, data: { subject: provided.subject, role } });
    if (role !== row.role) await tell(txCtx, "operators.changeOperatorRole", row.id, { role, before: row.role });
    if (row.subject === null) await tell(txCtx, "operators.linkProvider", row.id, {});
    return { operator: { id: row.id, name: row.name, role }, refused: null };
  });
}

async function makeOperator(
  ctx: TransactionContext,
  { role, verifiedEmail, name, subject }: Provided,
): Promise<Admitted> {
  if (role === null) return { refused: "noRole", operatorId: null };
  if (verifiedEmail === null) return { refused: "unverified", operatorId: null };
  const row = await ctx.tx.operator.create({
    data: { email: verifiedEmail, name: name ?? verifiedEmail, role, subject },
  });
  await tell(ctx, "operators.linkProvider", row.id, { role });
  return { operator: { id: row.id, name: row.name, role }, refused: null };
}

const isKnownRole = async (ctx: TransactionContext, name: string): Promise<boolean> =>
  isRole(name) || (await ctx.tx.customRole.findUnique({ where: { name } })) !== null;

const tell = (
  ctx: TransactionContext,
  action: "operators.changeOperatorRole" | "operators.linkProvider",
  operatorId: string,
  details: Record<string, string>,
): Promise<void> =>
  recordAudit(ctx, [
    { action, subjectKind: "operator", subjectId: operatorId, details: { ...details, by: "provider" } },
  ]);
