import type { Permission } from "@/lib/rbac/permissions";

/** What a service's key may be allowed; the rest is for staff. */
export const SERVICE_PERMISSIONS = [
  "publish.send",
  "publish.read",
  "presence.read",
  "people.write",
  "access.grant",
  "access.revoke",
  "access.release",
  "diagnostics.request",
  "diagnostics.read",
  "cluster.mark",
] as const satisfies readonly Permission[];
export type ServicePermission = (typeof SERVICE_PERMISSIONS)[number];
