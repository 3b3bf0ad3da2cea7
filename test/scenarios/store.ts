import type { Pool } from "pg";
import type { PresenceState } from "@/lib/events/schemas";
import { EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";

/** What the product shows of one client's presence. */
export interface Shown {
  state: PresenceState;
  node: string;
  /** Marked as being asked about. */
  doubted: boolean;
}

/** What is shown now of these clients; one without a session is absent. */
export async function readShown(pool: Pool, clientIds: readonly string[]): Promise<Map<string, Shown>> {
  const { rows } = await pool.query<Shown & { client_id: string }>(
    `select c.client_id, ${EFFECTIVE_STATE} as state, n.name as node,
       exists (select 1 from presence_doubts d where d.client_key = p.client_key) as doubted
     from ${PRESENCE_JOIN} where c.client_id = any($1)`,
    [clientIds],
  );
  return new Map(rows.map(({ client_id: clientId, ...shown }) => [clientId, shown]));
}
