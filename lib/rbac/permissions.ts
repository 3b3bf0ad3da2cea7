/** What an actor may do. The one table of the product: verbs check these words, never roles. */
export const PERMISSIONS = [
  "presence.read",
  "presence.verify",
  "people.read",
  "people.unmask",
  "people.write",
  "publish.send",
  "publish.read",
  "publish.tail",
  "diagnostics.request",
  "diagnostics.read",
  "diagnostics.readLog",
  "diagnostics.readOriginal",
  "diagnostics.deleteLog",
  "timeline.read",
  "timeline.note",
  "cluster.read",
  "cluster.mark",
  "alerts.read",
  "alerts.manage",
  "access.read",
  "access.manage",
  "access.grant",
  "access.revoke",
  "access.release",
  "access.disconnect",
  "audit.read",
  "operators.read",
  "operators.manage",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["support", "engineer", "oncall", "admin", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** Whether a role is one of ours; any other name is a custom role's. */
export const isRole = (name: string): name is Role => ROLES.some((role) => role === name);

const SUPPORT = [
  "presence.read",
  "presence.verify",
  "people.read",
  "people.unmask",
  "diagnostics.request",
  "diagnostics.read",
  "timeline.read",
  "timeline.note",
  "cluster.read",
] as const satisfies readonly Permission[];

const ENGINEER = [
  ...SUPPORT,
  "publish.send",
  "publish.read",
  "publish.tail",
  "diagnostics.readLog",
  "diagnostics.readOriginal",
  "diagnostics.deleteLog",
] as const satisfies readonly Permission[];

const ONCALL = [
  ...SUPPORT,
  "publish.read",
  "cluster.mark",
  "alerts.read",
  "alerts.manage",
  "access.read",
  "access.release",
  "access.disconnect",
] as const satisfies readonly Permission[];

/** Role × permission. `admin` runs the product and is not thereby allowed to read logs or payloads. */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  support: SUPPORT,
  engineer: ENGINEER,
  oncall: ONCALL,
  admin: [
    ...ONCALL,
    "people.write",
    "access.manage",
    "access.grant",
    "access.revoke",
    "operators.read",
    "operators.manage",
    "audit.read",
  ],
  auditor: ["audit.read"],
};

export const roleMay = (role: Role, permission: Permission): boolean => ROLE_PERMISSIONS[role].includes(permission);
