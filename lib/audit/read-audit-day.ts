import { z } from "zod";
import type { AuditDay } from "./schemas";
import { readVerb } from "./verb";

/** The last 24 hours of the audit record in figures. */
export const readAuditDay = readVerb({
  permission: "audit.read",
  input: z.object({}),
  work: async (ctx): Promise<AuditDay> => {
    const now = ctx.now();
    const { rows } = await ctx.db.pool.query<{ entries: number; operators: number; refused: number }>(
      `select count(*) as entries,
         count(distinct actor_id) filter (where actor_kind = 'operator') as operators,
         count(*) filter (where action = 'operators.signInRefused') as refused
       from audit_events where at >= $1`,
      [new Date(now.getTime() - 24 * 3_600_000)],
    );
    const [day] = rows;
    return {
      entries: day?.entries ?? 0,
      operators: day?.operators ?? 0,
      refusedSignIns: day?.refused ?? 0,
      at: now.toISOString(),
    };
  },
});
