import { AppError } from "@/lib/errors";
import { sentence, term } from "@/lib/sentence";
import { isRole, PERMISSIONS, ROLE_PERMISSIONS, type Permission } from "./permissions";

/** That a session sees names and numbers whole for a while. */
export interface Unmasking {
  id: string;
  kind: "unmask" | "break_glass";
  /** Null for an emergency. */
  ticket: string | null;
  endsAt: Date;
}

/** Who acts: an operator of the console, a service with an API key, or one of our own processes. */
export type Actor =
  | {
      kind: "operator";
      id: string;
      name: string;
      /** One of ROLES, or the name of a custom one. */
      role: string;
      permissions: readonly Permission[];
      /** The sign-in behind the act; null in work that outlives it. */
      sessionId: string | null;
      /** Null while people are masked. */
      unmasking: Unmasking | null;
      /** True while they may do nothing but set up a second factor: then their permissions are none. */
      mustEnrol: boolean;
    }
  | {
      kind: "service";
      id: string;
      name: string;
      permissions: readonly Permission[];
      /** Where its key may publish; every name it publishes to matches one of them. */
      topicFilters: readonly string[];
      /** The most clients one send of its key may reach; null: as configured. */
      mostRecipients: number | null;
    }
  | { kind: "process"; id: string; name: string; permissions: readonly Permission[] };

export type Operator = Extract<Actor, { kind: "operator" }>;

/** An operator as an actor; without permissions given, those of their role. */
export const operatorActor = (
  operator: Pick<Operator, "id" | "name" | "role"> & Partial<Omit<Operator, "kind">>,
): Operator => ({
  kind: "operator",
  permissions: permissionsOf(operator.role, null),
  sessionId: null,
  unmasking: null,
  mustEnrol: false,
  ...operator,
});

/** What a role may do; `custom` is what a role made here was given, and words that are no permission any more count for nothing. */
export function permissionsOf(role: string, custom: readonly string[] | null): readonly Permission[] {
  return isRole(role) ? ROLE_PERMISSIONS[role] : PERMISSIONS.filter((permission) => custom?.includes(permission));
}

/** One of our processes acting by itself; it may do anything, and its audit rows carry its name. */
export const processActor = (name: string): Actor => ({ kind: "process", id: name, name, permissions: PERMISSIONS });

export const can = (actor: Actor, permission: Permission): boolean => actor.permissions.includes(permission);

/** What a verb asks for: a permission, or "own": any operator may, of their own account only. */
export type Requirement = Permission | "own";

/** Throws FORBIDDEN, naming the permission, unless the actor has it. */
export function requirePermission(actor: Actor, permission: Requirement): void {
  if (permission === "own" ? actor.kind === "operator" : can(actor, permission)) return;
  if (actor.kind === "operator" && actor.mustEnrol)
    throw new AppError("FORBIDDEN", "Set up a second factor on your account page first: this console asks for one.");
  const wanted = term("operators.permissions", permission);
  throw new AppError(
    "FORBIDDEN",
    actor.kind === "operator"
      ? sentence("The role {role} may not do this ({wanted}). Ask an administrator.", {
          role: term("shell.roles", actor.role),
          wanted,
        })
      : sentence("This key may not do this ({wanted}). Ask an administrator.", { wanted }),
  );
}
