import type { Pool } from "pg";
import { clientKeyOf } from "@/lib/presence/client-key";
import type { PresenceEvent } from "@/lib/presence/fold-events";
import { RANK, versionOf } from "@/lib/presence/version";

// The baseline: what writePresence changes for one hook (state, history, counters by the same triggers, notification), by itself.
const OPEN = `
with up as (
  insert into presence as p (client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address, peer_port, ends_at, cohort)
  select $1::uuid, $2::bigint, node_id, to_timestamp($4 / 1e6), 'hook', to_timestamp($4 / 1e6), $5, $6, to_timestamp($7 / 1e6), $8
  from broker_nodes where name = $3
  on conflict (client_key) do update set ver = excluded.ver, node_id = excluded.node_id, changed_at = excluded.changed_at,
    proof_kind = excluded.proof_kind, proof_at = excluded.proof_at, peer_address = excluded.peer_address, peer_port = excluded.peer_port,
    ends_at = excluded.ends_at, cohort = excluded.cohort where p.ver < excluded.ver
  returning new.client_key, old.ver as old_ver, old.node_id as old_node_id, old.peer_address as old_address, old.peer_port as old_port
), history as (
  insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address, peer_port)
  select client_key, old_node_id, to_timestamp((old_ver >> 2) / 1e6), to_timestamp($4 / 1e6), 'taken_over', old_address, old_port
  from up where old_ver & 3 = 0
)
select pg_notify('presence', $9) from up`;
const CLOSE = `
with closed as (
  update presence p set ver = (p.ver >> 2 << 2) + $3, changed_at = to_timestamp($4 / 1e6), proof_kind = 'hook', proof_at = to_timestamp($4 / 1e6)
  from broker_nodes n where p.client_key = $1::uuid and n.name = $2 and p.node_id = n.node_id and p.ver & 3 < $3 and p.ver >> 2 <= $4
  returning new.client_key, new.node_id, old.ver as old_ver, new.changed_at, new.peer_address, new.peer_port
), history as (
  insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address, peer_port)
  select client_key, node_id, to_timestamp((old_ver >> 2) / 1e6), changed_at, 'queued', peer_address, peer_port from closed where old_ver & 3 = 0
)
select pg_notify('presence', $5) from closed`;

/** Writes one hook in a transaction of its own, by a statement its connection has prepared. */
export async function writeRow(pool: Pool, event: PresenceEvent): Promise<void> {
  const key = clientKeyOf(event.clientId);
  const told = (state: string): string =>
    JSON.stringify({
      type: "presence.changed",
      clients: [{ clientId: event.clientId, node: event.node, at: Math.floor(event.atUs / 1_000), state }],
    });
  if (event.kind === "opened")
    await pool.query({
      name: "open-row",
      text: OPEN,
      values: [
        key,
        versionOf(event.atUs, RANK.open),
        event.node,
        event.atUs,
        event.peer?.address,
        event.peer?.port,
        event.endsAtUs,
        event.cohort,
        told("online"),
      ],
    });
  else
    await pool.query({
      name: "close-row",
      text: CLOSE,
      values: [key, event.node, RANK.queued, event.atUs, told("offline_queued")],
    });
}
