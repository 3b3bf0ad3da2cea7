import type pg from "pg";
import { TELL_CHANGED } from "./record-node";

/** A subscriber node that does not answer us and has not been found lost since it last did. */
export interface SilentNode {
  nodeId: number;
  name: string;
  brokerNodeName: string;
}

/**
 * The nodes that may be lost: configured, once seen, silent or down by our own looks. Those not looked at of late are not among them:
 * our watch was away, not they.
 */
export async function findSilentNodes(pool: pg.Pool): Promise<SilentNode[]> {
  const { rows } = await pool.query<SilentNode>(
    `select node_id as "nodeId", name, broker_name as "brokerNodeName" from broker_nodes
     where role = 'subscriber' and state <> 'up' and broker_name is not null
       and evidence in ('no_answer', 'refused', 'wrong_answer') and (lost_at is null or lost_at < state_since)`,
  );
  return rows;
}

/**
 * Machine-only: a node is lost: it does not answer, and the others say that it does not run. `since`: when they said so; all its
 * sessions that began before have ended with it. One row changes, whatever the number of its clients, and everyone is told.
 * Nothing happens unless every other subscriber node that is up was swept completely after `since`: a client of the lost node that
 * the others hold by now was found by that. Gives whether the node is lost now.
 */
export async function recordLost(pool: pg.Pool, { nodeId, since }: { nodeId: number; since: Date }): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with changed as (
       update broker_nodes set lost_at = $2
       where node_id = $1 and state <> 'up' and not exists (
         select from broker_nodes other where other.role = 'subscriber' and other.state = 'up' and not exists (
           select from presence_sweeps s where s.node_id = other.node_id and s.complete and s.started_at >= $2))
       returning name, state)
     ${TELL_CHANGED}`,
    [nodeId, since],
  );
  return (rowCount ?? 0) > 0;
}
