import type { Database } from "@/lib/db/database";
import type { Factor } from "./accept-code";

/** What a sign-in is checked against. */
export interface OperatorCredentials {
  id: string;
  name: string;
  /** One of ROLES, or the name of a custom one. */
  role: string;
  disabled: boolean;
  /** Made by a practice stack, with a password it prints. */
  practice: boolean;
  /** argon2id in PHC form; null for someone who does not sign in with a password. */
  passwordHash: string | null;
  /** What a code is asked for and held against; null without. */
  factor: Factor | null;
}

/** By e-mail in any case, null when there is none. For the sign-in itself, before there is an actor: no permission, no audit row. */
export async function findOperatorForSignIn(db: Database, email: string): Promise<OperatorCredentials | null> {
  const row = await db.prisma.operator.findUnique({
    where: { email: email.trim().toLowerCase() },
    include: { secondFactor: { where: { confirmedAt: { not: null } } } },
  });
  if (!row) return null;
  const { id, name, role, practice, passwordHash, disabledAt, secondFactor } = row;
  return { id, name, role, practice, passwordHash, factor: secondFactor, disabled: disabledAt !== null };
}
