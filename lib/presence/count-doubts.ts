import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";

export interface DoubtsWaiting {
  clients: number;
  /** How long the oldest has waited for an answer; 0 without any. */
  oldestSeconds: number;
}

/** Clients whose state is in doubt now: being asked about, or waiting to be. */
export const countDoubts = readVerb({
  permission: "cluster.read",
  input: z.object({}),
  work: async (ctx): Promise<DoubtsWaiting> => {
    const { rows } = await ctx.db.pool.query<DoubtsWaiting>(
      `select count(*)::int as clients, coalesce(extract(epoch from now() - min(since)), 0)::float8 as "oldestSeconds" from presence_doubts`,
    );
    return rows[0] ?? { clients: 0, oldestSeconds: 0 };
  },
});
