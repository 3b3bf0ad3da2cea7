import { z } from "zod";
import type { Database } from "@/lib/db/database";
import { ROLES, type Role } from "@/lib/rbac/permissions";

/** What a session is checked against at each request. */
export interface OperatorStanding {
  id: string;
  name: string;
  role: Role;
  tokenVersion: number;
  disabled: boolean;
}

/** What a sign-in is checked against. */
export interface OperatorCredentials extends OperatorStanding {
  email: string;
  /** argon2id in PHC form; null for someone who does not sign in with a password. */
  passwordHash: string | null;
}

const roleSchema = z.enum(ROLES);

/** By id, null when there is none. For our own session check, before there is an actor: no permission, no audit row. */
export async function findOperatorStanding(db: Database, operatorId: string): Promise<OperatorStanding | null> {
  if (!z.uuid().safeParse(operatorId).success) return null;
  const row = await db.prisma.operator.findUnique({ where: { id: operatorId } });
  return row && standingOf(row);
}

/** By e-mail in any case, null when there is none. For the sign-in itself, before there is an actor: no permission, no audit row. */
export async function findOperatorForSignIn(db: Database, email: string): Promise<OperatorCredentials | null> {
  const row = await db.prisma.operator.findUnique({ where: { email: email.trim().toLowerCase() } });
  return row && { ...standingOf(row), email: row.email, passwordHash: row.passwordHash };
}

function standingOf(row: {
  id: string;
  name: string;
  role: string;
  tokenVersion: number;
  disabledAt: Date | null;
}): OperatorStanding {
  return {
    id: row.id,
    name: row.name,
    role: roleSchema.parse(row.role),
    tokenVersion: row.tokenVersion,
    disabled: row.disabledAt !== null,
  };
}
