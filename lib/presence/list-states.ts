import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { PresenceState } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_SINCE, EFFECTIVE_STATE, PRESENCE_JOIN, STATE_DETAIL } from "./effective-state";
import type { StateDetail } from "./schemas";

const listStatesSchema = z.object({ clientIds: z.array(clientIdSchema).max(500) });

/** The states of clients whose identifiers are known, as events tell them: nothing of anybody's person, so no look to record. */
export const listStates = readVerb({
  permission: "presence.read",
  input: listStatesSchema,
  work: async (ctx, { clientIds }) => {
    const { rows } = await ctx.db.pool.query<{
      clientId: string;
      state: PresenceState;
      detail: StateDetail | null;
      at: number;
      node: string;
    }>(
      `select c.client_id as "clientId", ${EFFECTIVE_STATE} as state, ${STATE_DETAIL} as detail, n.name as node,
         floor(extract(epoch from ${EFFECTIVE_SINCE}) * 1000)::bigint as at
       from ${PRESENCE_JOIN} where p.client_key = any($1)`,
      [clientIds.map((clientId) => clientKeyOf(clientId))],
    );
    return { states: rows };
  },
});
