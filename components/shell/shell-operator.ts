import type { Role } from "@/lib/rbac/permissions";

/** Who is signed in, as the shell shows them. */
export interface ShellOperator {
  name: string;
  role: Role;
}
