import { ensureApiKey } from "@/lib/access/api-keys";
import type { Database } from "@/lib/db/database";
import { hashPassword, isPassword } from "@/lib/operators/password";
import { ROLES, type Permission, type Role } from "@/lib/rbac/permissions";
import { practiceEmail, SECOND_ENGINEER, type Secrets } from "../secrets";

const NAMES: Record<Role, string> = {
  support: "Sari Support",
  engineer: "Eka Engineer",
  oncall: "Oka On-call",
  admin: "Ade Administrator",
  auditor: "Aulia Auditor",
};

// What the practice fleet's own service does: orders and grants for its people, and messages to their phones.
const FLEET_PERMISSIONS: readonly Permission[] = [
  "publish.send",
  "publish.read",
  "presence.read",
  "people.read",
  "people.write",
  "access.grant",
];

/**
 * Makes one operator a role (two engineers) and the fleet's API key, with the folder's secrets; puts them right where they differ, so safe
 * at every start. Only what is marked as practice is ever changed.
 * Machine write: the stack prepares its own practice data before any operator exists.
 */
export async function seedPractice(db: Database, secrets: Secrets): Promise<void> {
  await Promise.all(
    ROLES.map((role) =>
      seedOperator(db, {
        email: practiceEmail(role),
        name: NAMES[role],
        role,
        password: secrets.operatorPasswords[role],
      }),
    ),
  );
  const second = { email: SECOND_ENGINEER, name: "Endah Engineer", role: "engineer" } as const;
  await seedOperator(db, { ...second, password: secrets.operatorPasswords.engineer });
  const key = { name: "Practice fleet", key: secrets.practiceApiKey, permissions: FLEET_PERMISSIONS };
  await ensureApiKey(db.pool, key);
}

async function seedOperator(
  db: Database,
  { password, ...operator }: { email: string; name: string; role: Role; password: string },
): Promise<void> {
  const { email } = operator;
  const known = await db.prisma.operator.findUnique({ where: { email } });
  if (known && !known.practice) return;
  if (known && (await isPassword(password, known.passwordHash))) return;
  const passwordHash = await hashPassword(password);
  await db.prisma.operator.upsert({
    where: { email },
    create: { ...operator, passwordHash, practice: true },
    update: { passwordHash },
  });
}
