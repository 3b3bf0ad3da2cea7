import { STALE_SECONDS } from "@/lib/cluster/terms";

/**
 * SQL of what a stored row means now, over the aliases p (presence), n (broker_nodes) and c (clients): the stored session,
 * bounded by what is known of its node. The one place that says so.
 */

const START = "(p.ver >> 2)";
const us = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`;
/** A session older than its node's loss or boot ended with that life of the node. */
const OUTLIVED = `${START} < greatest(${us("n.lost_at")}, ${us("n.booted_at")})`;
/** Nobody has looked at the node for so long that its last known state vouches for nothing. Null: it was never looked at. */
const UNWATCHED = `coalesce(n.last_asked_at < now() - interval '${STALE_SECONDS} seconds', false)`;

/** One of lib/events/schemas.ts PRESENCE_STATES. */
export const EFFECTIVE_STATE = `(case
  when p.ver & 3 = 2 then 'offline_gone'
  when p.ver & 3 = 1 then 'offline_queued'
  when ${OUTLIVED} then case when c.clean_session then 'offline_gone' else 'offline_queued' end
  when n.state <> 'up' or ${UNWATCHED} then 'unknown'
  else 'online' end)`;

/** Since when the effective state holds (timestamptz). Of a node that was never seen to be lost, its boot is the latest its sessions can have ended. */
export const EFFECTIVE_SINCE = `(case
  when p.ver & 3 <> 0 then p.changed_at
  when ${START} < ${us("n.lost_at")} then n.lost_at
  when ${OUTLIVED} then n.booted_at
  when n.state <> 'up' then greatest(n.state_since, p.changed_at)
  when ${UNWATCHED} then greatest(n.last_asked_at, p.changed_at)
  else coalesce(p.began_at, to_timestamp(${START} / 1000000.0)) end)`;

/** One of lib/presence/schemas.ts STATE_DETAILS: why it is unknown, or what is not to be promised of a queue; null: nothing to add. */
export const STATE_DETAIL = `(case
  when p.ver & 3 = 2 then null
  when p.ver & 3 = 1 or ${OUTLIVED} then
    case when n.state <> 'up' and (p.ver & 3 = 1 or not c.clean_session) then 'queue_unreachable' end
  when n.state = 'down' then 'node_down'
  when n.state = 'silent' then 'node_silent'
  when ${UNWATCHED} then 'watch_stopped' end)`;

/** Why the session ended, one of lib/presence/schemas.ts ENDING_REASONS; null while it is open, and where it is not known. */
export const EFFECTIVE_REASON = `(case when p.ver & 3 = 0 and ${OUTLIVED} then 'node_lost' else p.reason end)`;

/** The tables the fragments speak of. A client that never connected has no presence row and is none of theirs. */
export const PRESENCE_JOIN = `presence p join clients c using (client_key) join broker_nodes n using (node_id)`;
