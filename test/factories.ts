import { randomUUID } from "node:crypto";
import type { Database } from "@/lib/db/database";
import { writePersonWords } from "@/lib/people/write-person-words";
import { clientKeyOf } from "@/lib/presence/client-key";
import { createLog } from "@/lib/log/log";
import { operatorActor, processActor, type Actor, type Unmasking } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { ROLE_PERMISSIONS, type Permission, type Role } from "@/lib/rbac/permissions";

/** Rows and contexts for tests; each call makes its own, with identifiers nobody else has. */

const fresh = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 8)}`;

/** An operator's row, without a password unless a hash is given. */
export async function makeOperator(
  db: Database,
  { role = "engineer", ...given }: { role?: string; name?: string; email?: string; passwordHash?: string } = {},
) {
  const word = fresh(role).toLowerCase().replaceAll(" ", "-");
  const data = { email: `${word}@test.local`, name: `Operator ${word}`, role, ...given };
  return db.prisma.operator.create({ data });
}

/** A person with the words of their name, so that search finds them. */
export async function makePerson(db: Database, given: { personId?: string; name?: string; phoneNumber?: string } = {}) {
  const personId = given.personId ?? fresh("p");
  const name = given.name ?? `Siti ${personId}`;
  const person = await db.prisma.person.create({
    data: { personId, name, phoneNumber: given.phoneNumber ?? `+62811${Math.floor(Math.random() * 1e7)}` },
  });
  const client = await db.pool.connect();
  await writePersonWords(client, [person]).finally(() => client.release());
  return person;
}

/** A client of a person, as its first sign-in would have left it; it has no presence yet. */
export async function makeClient(
  db: Database,
  given: { clientId?: string; personId?: string; platform?: "android" | "ios"; cleanSession?: boolean } = {},
) {
  const clientId = given.clientId ?? fresh("client");
  return db.prisma.client.create({
    data: {
      clientKey: clientKeyOf(clientId),
      clientId,
      personId: given.personId ?? (await makePerson(db)).personId,
      platform: given.platform ?? "android",
      cleanSession: given.cleanSession ?? false,
      appVersion: "12.4.1",
      deviceModel: "Redmi Note 13",
    },
  });
}

/** A broker node that answers and booted an hour ago. */
export async function makeNode(
  db: Database,
  given: { name?: string; role?: "subscriber" | "publisher"; state?: "up" | "silent" | "down"; bootedAt?: Date } = {},
) {
  const hourAgo = new Date(Date.now() - 3_600_000);
  return db.prisma.brokerNode.create({
    data: { name: fresh("node"), role: "subscriber", state: "up", bootedAt: hourAgo, ...given },
  });
}

type Who =
  | { role: Role }
  /** A row of makeOperator's, of one of our roles. */
  | { operator: { id: string; name: string; role: string }; sessionId?: string; unmasking?: Unmasking }
  | { permissions: readonly Permission[]; topicFilters?: readonly string[]; mostRecipients?: number }
  | { process: string };

/**
 * A context for calling verbs: as an operator of a role, a service with permissions, or one of our processes; the clock
 * stands still when `now` is given.
 */
export function testContext(db: Database, who: Who = { role: "engineer" }, given: { now?: Date } = {}): Context {
  return {
    actor: actorOf(who),
    db,
    log: createLog("test", "silent"),
    now: () => given.now ?? new Date(),
    requestId: randomUUID(),
    fromAddress: null,
  };
}

/** The roles that lack a permission: each must be refused by a verb that asks for it. */
export const rolesWithout = (permission: Permission): Role[] =>
  (Object.keys(ROLE_PERMISSIONS) as Role[]).filter((role) => !ROLE_PERMISSIONS[role].includes(permission));

function actorOf(who: Who): Actor {
  if ("role" in who) return operatorActor({ id: randomUUID(), name: `Test ${who.role}`, role: who.role });
  if ("operator" in who) {
    const { id, name, role } = who.operator;
    return operatorActor({ id, name, role, sessionId: who.sessionId ?? null, unmasking: who.unmasking ?? null });
  }
  if ("process" in who) return processActor(who.process);
  const { permissions, topicFilters = ["#"], mostRecipients = null } = who;
  return { kind: "service", id: randomUUID(), name: "Test service", permissions, topicFilters, mostRecipients };
}
