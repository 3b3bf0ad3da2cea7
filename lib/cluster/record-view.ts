import type pg from "pg";
import type { Splits } from "./judge-splits";
import { TELL_CHANGED } from "./record-node";
import type { NodeFault, NodeListener } from "./schemas";

/** What is kept of what a node says; null leaves what is stored, except for the fault. */
export interface NodeViewRow {
  nodeId: number;
  brokerName: string | null;
  peers: readonly { name: string; running: boolean }[] | null;
  listeners: readonly NodeListener[] | null;
  /** Why its metrics could not be read at the last try; null when they could. */
  scrapeFault: NodeFault | null;
}

/** Machine-only: what a node says of itself and its cluster, dated by the database's clock. */
export async function recordView(pool: pg.Pool, view: NodeViewRow): Promise<void> {
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await pool.query(
    `with named as (
       update broker_nodes set broker_name = $2 where node_id = $1 and $2::text is not null and broker_name is distinct from $2)
     insert into node_views as v (node_id, peers, peers_at, listeners, listeners_at, scrape_fault, scrape_fault_since)
     values ($1, $3, case when $3::jsonb is not null then now() end, $4, case when $4::jsonb is not null then now() end,
       $5, case when $5::text is not null then now() end)
     on conflict (node_id) do update set
       peers = coalesce(excluded.peers, v.peers), peers_at = coalesce(excluded.peers_at, v.peers_at),
       listeners = coalesce(excluded.listeners, v.listeners), listeners_at = coalesce(excluded.listeners_at, v.listeners_at),
       scrape_fault = excluded.scrape_fault,
       scrape_fault_since = case when excluded.scrape_fault is null then null
         when v.scrape_fault is not null then v.scrape_fault_since else now() end`,
    [view.nodeId, view.brokerName?.slice(0, 255) ?? null, json(view.peers), json(view.listeners), view.scrapeFault],
  );
}

/**
 * Machine-only: makes the open splits those given, of the watched nodes; those that are over end now. Told as changes of the
 * nodes. Safe to call twice.
 */
export async function recordSplits(
  pool: pg.Pool,
  watched: { nodeIds: readonly number[]; splits: Splits },
): Promise<void> {
  const names = [...watched.splits.keys()];
  await pool.query(
    `with given as (
       select n.node_id, g.away from unnest($2::text[], $3::text[]) g (name, away) join broker_nodes n using (name)
     ), ended as (
       update node_splits set ended_at = now()
       where ended_at is null and node_id = any($1::smallint[]) and node_id not in (select node_id from given)
       returning node_id
     ), begun as (
       insert into node_splits as s (node_id, away_from) select node_id, string_to_array(away, ',') from given
       on conflict (node_id) where ended_at is null do update set away_from = excluded.away_from
         where s.away_from <> excluded.away_from
       returning node_id
     ), changed as (
       select name, state from broker_nodes where node_id in (select node_id from ended union select node_id from begun)
     ) ${TELL_CHANGED}`,
    [watched.nodeIds, names, names.map((name) => watched.splits.get(name)?.join(","))],
  );
}
