import type pg from "pg";
import type { NodeEvidence, NodeState } from "./schemas";

// A session must never look older than the boot of the node it is on, so the boot is put a little early: more than a
// round trip to the database, less than a node takes to start.
const BOOT_MARGIN_MS = 250;
const bootedAt = (sinceBootMs: string): string =>
  `clock_timestamp() - (${sinceBootMs}::float8 + ${BOOT_MARGIN_MS}) * interval '1 millisecond'`;

/** Ends a statement whose `changed` holds name and state of the nodes that changed. */
export const TELL_CHANGED = `select pg_notify('cluster', json_build_object('type', 'cluster.nodeChanged',
  'node', name, 'state', state, 'at', (extract(epoch from now()) * 1000)::bigint)::text) from changed`;

/**
 * Machine-only: one node's state, and the boot of its present life, changed in one statement and told to everyone.
 * `sinceBootMs`: how long its present life has lasted, null to leave the stored boot. The database's clock dates both.
 */
export async function recordNode(
  pool: pg.Pool,
  node: { nodeId: number; state: NodeState; evidence: NodeEvidence; sinceBootMs: number | null },
): Promise<void> {
  await pool.query(
    `with changed as (
       update broker_nodes set state = $2, evidence = $3,
         state_since = case when state = $2 then state_since else now() end,
         booted_at = coalesce(${bootedAt("$4")}, booted_at),
         -- The same life answers again: it was out of reach, and its sessions were there all the time.
         lost_at = case when $2 <> 'up' or $4::float8 is not null then lost_at end,
         last_asked_at = now(), last_answer_at = case when $2 = 'up' then now() else last_answer_at end
       where node_id = $1 returning name, state)
     ${TELL_CHANGED}`,
    [node.nodeId, node.state, node.evidence, node.sinceBootMs],
  );
}

/** Machine-only: the boot of a node's present life, found while its state stays what it is; told as a change of the node. */
export async function recordBoot(pool: pg.Pool, node: { nodeId: number; sinceBootMs: number }): Promise<void> {
  await pool.query(
    `with changed as (
       update broker_nodes set booted_at = ${bootedAt("$2")} where node_id = $1 returning name, state)
     ${TELL_CHANGED}`,
    [node.nodeId, node.sinceBootMs],
  );
}

/** Machine-only: what the broker calls the node, by which its neighbours speak of it. */
export async function recordBrokerName(pool: pg.Pool, node: { nodeId: number; brokerNodeName: string }): Promise<void> {
  await pool.query("update broker_nodes set broker_name = $2 where node_id = $1 and broker_name is distinct from $2", [
    node.nodeId,
    node.brokerNodeName.slice(0, 256),
  ]);
}

/** Machine-only: the version a node tells of itself. */
export async function recordVersion(pool: pg.Pool, node: { nodeId: number; version: string }): Promise<void> {
  await pool.query("update broker_nodes set version = $2 where node_id = $1 and version is distinct from $2", [
    node.nodeId,
    node.version.slice(0, 64),
  ]);
}

/** Machine-only: which nodes were asked just now, and which of them answered. The proof that somebody watches. */
export async function recordLooks(
  pool: pg.Pool,
  looks: { askedNodeIds: readonly number[]; answeredNodeIds: readonly number[] },
): Promise<void> {
  await pool.query(
    `update broker_nodes set last_asked_at = now(),
       last_answer_at = case when node_id = any($2::smallint[]) then now() else last_answer_at end
     where node_id = any($1::smallint[])`,
    [looks.askedNodeIds, looks.answeredNodeIds],
  );
}
