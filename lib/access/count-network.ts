import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { networkSchema } from "./network";
import type { NetworkCount } from "./schemas";
import { STANDING_IN_NETWORK } from "./standing-in-network";

const MOST_COUNTED = 10_000;

/** How many clients are connected from a network, which its block would disconnect. Throws VALIDATION for what is no network. */
export const countNetwork = readVerb({
  permission: "access.manage",
  input: z.strictObject({ network: networkSchema }),
  work: async (ctx, { network }): Promise<NetworkCount> => {
    const { rows } = await ctx.db.pool.query<{ connected: number }>(
      `select count(*)::int as connected from (${STANDING_IN_NETWORK}) s`,
      [network, MOST_COUNTED + 1],
    );
    const connected = rows[0]?.connected ?? 0;
    return { network, connected: Math.min(connected, MOST_COUNTED), isComplete: connected <= MOST_COUNTED };
  },
});
