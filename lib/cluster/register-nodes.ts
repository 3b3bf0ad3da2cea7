import type pg from "pg";
import { addNodes } from "@/lib/broker/add-nodes";
import { inPoolTransaction } from "@/lib/db/pool-transaction";
import { TELL_CHANGED } from "./record-node";
import { STALE_SECONDS } from "./terms";
import type { NodeEvidence, NodeRole, NodeState } from "./schemas";

export interface RegisteredNode {
  nodeId: number;
  name: string;
  state: NodeState;
  evidence: NodeEvidence;
  /** Milliseconds since the stored boot; null when it is not known. */
  sinceBootMs: number | null;
}

/**
 * Machine-only: makes broker_nodes say what is configured. New nodes begin silent; nodes no longer configured are down;
 * what nobody asked about for 15 s is silent until it is asked again, as nobody can vouch for it. Safe to call twice.
 * Gives the configured nodes by name.
 */
export async function registerNodes(
  pool: pg.Pool,
  nodes: readonly { name: string; role: NodeRole }[],
): Promise<Map<string, RegisteredNode>> {
  const names = nodes.map((node) => node.name);
  return inPoolTransaction(pool, async (client) => {
    await addNodes(client, nodes);
    await client.query(CHANGES, [names, nodes.map((node) => node.role), STALE_SECONDS]);
    const { rows } = await client.query<RegisteredNode>(
      `select node_id as "nodeId", name, state, evidence, extract(epoch from now() - booted_at)::float8 * 1000 as "sinceBootMs"
       from broker_nodes where name = any($1)`,
      [names],
    );
    return new Map(rows.map((row) => [row.name, row]));
  });
}

const CHANGES = `
with wanted as (
  select n.node_id, coalesce(c.role, n.role) as role,
    case when c.name is null then 'down' when n.evidence in ('not_configured', 'not_asked') or old then 'silent' else n.state end as state,
    case when c.name is null then 'not_configured' when n.evidence in ('not_configured', 'not_asked') then 'not_asked'
      when old then 'watch_paused' else n.evidence end as evidence
  from broker_nodes n left join unnest($1::text[], $2::text[]) c (name, role) on c.name = n.name,
    lateral (select n.last_asked_at < now() - make_interval(secs => $3) as old) o
), changed as (
  update broker_nodes n set role = w.role, state = w.state, evidence = w.evidence,
    state_since = case when n.state = w.state then n.state_since else now() end
  from wanted w where w.node_id = n.node_id and (n.role, n.state, n.evidence) is distinct from (w.role, w.state, w.evidence)
  returning n.name, n.state
)
${TELL_CHANGED}`;
