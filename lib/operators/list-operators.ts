import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { readStaff } from "./read-staff";
import type { StaffMember } from "./schemas";
import type { SessionLimits } from "./session-limits";

const MOST = 500;

/** The staff who may sign in, or once could, by name; at most 500, and `truncated` says when there are more. */
export const listOperators = (limits: SessionLimits) =>
  readVerb({
    permission: "operators.read",
    input: z.object({}),
    work: async (ctx): Promise<{ operators: StaffMember[]; truncated: boolean }> => {
      const staff = await readStaff(ctx, { operatorId: null, limit: MOST + 1, limits });
      return { operators: staff.slice(0, MOST), truncated: staff.length > MOST };
    },
  });
