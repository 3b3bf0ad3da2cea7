/**
 * SQL of what a stored row means now, over the aliases p (presence), n (broker_nodes) and c (clients): the stored session,
 * bounded by what is known of its node. The one place that says so.
 */

const STARTED_BEFORE_BOOT = "(p.ver >> 2) < (extract(epoch from n.booted_at) * 1000000)::bigint";

/** One of lib/events/schemas.ts PRESENCE_STATES. A session older than its node's boot ended with the node's last life. */
export const EFFECTIVE_STATE = `(case
  when p.ver & 3 = 2 then 'offline_gone'
  when p.ver & 3 = 1 then 'offline_queued'
  when ${STARTED_BEFORE_BOOT} then case when c.clean_session then 'offline_gone' else 'offline_queued' end
  when n.state <> 'up' then 'unknown'
  else 'online' end)`;

/** Since when the effective state holds (timestamptz); the boot of the node is the latest a lost session can have ended. */
export const EFFECTIVE_SINCE = `(case
  when p.ver & 3 <> 0 then p.changed_at
  when ${STARTED_BEFORE_BOOT} then n.booted_at
  when n.state <> 'up' then greatest(n.state_since, p.changed_at)
  else to_timestamp((p.ver >> 2) / 1000000.0) end)`;

/** The tables the two fragments speak of. A client that never connected has no presence row and is none of theirs. */
export const PRESENCE_JOIN = `presence p join clients c using (client_key) join broker_nodes n using (node_id)`;
