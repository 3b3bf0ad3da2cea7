import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { ROLES, type Role } from "@/lib/rbac/permissions";

export interface StaffMember {
  id: string;
  email: string;
  name: string;
  role: Role;
  /** Made by a practice stack. */
  practice: boolean;
  /** ISO 8601; null while they may sign in. */
  disabledAt: string | null;
  /** ISO 8601; null when they never did. */
  lastSignInAt: string | null;
}

/** The staff who may sign in, or once could, by name; at most 500, and `truncated` says when there are more. */
export const listOperators = readVerb({
  permission: "operators.read",
  input: z.object({}),
  work: async (ctx): Promise<{ operators: StaffMember[]; truncated: boolean }> => {
    const rows = await ctx.db.prisma.operator.findMany({ orderBy: [{ name: "asc" }, { id: "asc" }], take: MOST + 1 });
    const operators = rows.slice(0, MOST).map((row) => ({
      id: row.id,
      email: row.email,
      name: row.name,
      role: z.enum(ROLES).parse(row.role),
      practice: row.practice,
      disabledAt: row.disabledAt?.toISOString() ?? null,
      lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    }));
    return { operators, truncated: rows.length > MOST };
  },
});

const MOST = 500;
