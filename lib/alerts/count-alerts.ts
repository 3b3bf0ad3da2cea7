import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { AlertCounts } from "./schemas";

/** How many alerts are not over: `open` are those that ask for somebody; a snoozed one counts as snoozed only. */
export const countAlerts = readVerb({
  permission: "alerts.read",
  input: z.object({}),
  work: async (ctx): Promise<AlertCounts> => {
    const { rows } = await ctx.db.pool.query<AlertCounts>(
      `select count(*) filter (where status = 'open' and snoozed_until is null)::int as open,
         count(*) filter (where status = 'acknowledged' and snoozed_until is null)::int as acknowledged,
         count(*) filter (where snoozed_until is not null)::int as snoozed
       from alerts where status <> 'resolved'`,
    );
    return rows[0] ?? { open: 0, acknowledged: 0, snoozed: 0 };
  },
});
