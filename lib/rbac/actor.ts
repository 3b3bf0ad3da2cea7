import { AppError } from "@/lib/errors";
import { PERMISSIONS, ROLE_PERMISSIONS, type Permission, type Role } from "./permissions";

/** Who acts: an operator of the console, a service with an API key, or one of our own processes. */
export type Actor =
  | { kind: "operator"; id: string; name: string; role: Role; permissions: readonly Permission[] }
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

export const operatorActor = (operator: { id: string; name: string; role: Role }): Actor => ({
  kind: "operator",
  ...operator,
  permissions: ROLE_PERMISSIONS[operator.role],
});

/** One of our processes acting by itself; it may do anything, and its audit rows carry its name. */
export const processActor = (name: string): Actor => ({ kind: "process", id: name, name, permissions: PERMISSIONS });

export const can = (actor: Actor, permission: Permission): boolean => actor.permissions.includes(permission);

/** Throws FORBIDDEN, naming the permission, unless the actor has it. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (can(actor, permission)) return;
  throw new AppError(
    "FORBIDDEN",
    `${actor.kind === "operator" ? `The role ${actor.role}` : "This key"} may not do this (${permission}). Ask an administrator.`,
  );
}
