import type { TransactionContext } from "@/lib/rbac/context";
import { announcedJoin, endedByOf, reasonOf } from "./ending-reason";
import type { EndedSession, NextPresence } from "./judge-answer";

/** The row as the broker's answer wants it, and the session that thereby ended. */
export interface Correction {
  clientKey: string;
  /** µs by the database's clock. */
  askedUs: number;
  next: NextPresence;
  finished: EndedSession | null;
}

// A port is not used again within the minute that TCP keeps it (TIME-WAIT): node and address are the session's identity.
const CONTINUED_WITHIN_MS = 60_000;
// Exact, unlike to_timestamp of a float.
const instant = (us: string): string => `timestamptz 'epoch' + ${us} * interval '1 microsecond'`;
const session = { clientKey: "e.client_key", started: "e.started_at", ended: "e.ended_at", endsAt: "e.ends_at" };

const WRITE_CORRECTIONS = `
with corrected as materialized (
  select t.*, n.node_id from unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::int[])
    as t(client_key, ver, node, changed_us, asked_us, peer_address, peer_port)
  join broker_nodes n on n.name = t.node
), finished as materialized (
  select e.*, case when e.is_node_lost then 'node_lost' else ${reasonOf(session)} end as reason,
    ${endedByOf(session.started)} as ended_by
  from (
    select t.client_key, n.node_id, ${instant("t.start_us")} as started_at, ${instant("t.end_us")} as ended_at, t.ending,
      t.peer_address, t.peer_port, ${instant("t.ends_us")} as ends_at, t.is_node_lost
    from unnest($8::uuid[], $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::text[], $14::int[], $15::bigint[], $16::boolean[])
      as t(client_key, node, start_us, end_us, ending, peer_address, peer_port, ends_us, is_node_lost)
    join broker_nodes n on n.name = t.node
  ) e ${announcedJoin(session)}
), continued as (
  -- The very session that is open had been told to have ended, by a hook of another: it never did.
  delete from sessions s using corrected c
  where c.ver & 3 = 0 and s.client_key = c.client_key and s.node_id = c.node_id
    and (s.peer_address, s.peer_port) = (c.peer_address, c.peer_port) and s.ended_at > $17::timestamptz
  returning s.client_key, s.started_at
), up as (
  insert into presence as p (client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address, peer_port, reason, began_at,
    cohort)
  select c.client_key, c.ver, c.node_id, ${instant("c.changed_us")}, 'verify', ${instant("c.asked_us")}, c.peer_address, c.peer_port,
      case when c.ver & 3 <> 0 then f.reason end,
      (select min(started_at) from continued where continued.client_key = c.client_key), presence_cohort(k.platform, k.app_version, k.clean_session)
    from corrected c left join finished f using (client_key) left join clients k using (client_key) order by c.client_key
  -- A client without a row has none to lock: one that a hook made meanwhile keeps what is later.
  on conflict (client_key) do update set ver = excluded.ver, node_id = excluded.node_id, changed_at = excluded.changed_at,
    proof_kind = 'verify', proof_at = excluded.proof_at, peer_address = excluded.peer_address, peer_port = excluded.peer_port,
    ends_at = case when p.ver >> 2 = excluded.ver >> 2 then p.ends_at end, reason = excluded.reason,
    began_at = case when p.ver >> 2 = excluded.ver >> 2 then p.began_at else excluded.began_at end
    where p.ver < excluded.ver
  returning client_key
), history as (
  insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address, peer_port, reason, ended_by)
  select f.client_key, f.node_id, f.started_at, f.ended_at, f.ending, f.peer_address, f.peer_port, f.reason, f.ended_by
    from finished f join up using (client_key)
)
select client_key from up`;

/**
 * Machine write: corrected rows and the history of the sessions they end, one correction a client, in the caller's transaction.
 * Gives the keys of those written; the others were overtaken by a hook.
 */
export async function writeCorrections(
  { tx }: TransactionContext,
  corrections: readonly Correction[],
): Promise<Set<string>> {
  if (corrections.length === 0) return new Set();
  const finished = corrections.flatMap((row) => (row.finished ? [{ ...row.finished, key: row.clientKey }] : []));
  const rows = await tx.$queryRawUnsafe<{ client_key: string }[]>(
    WRITE_CORRECTIONS,
    corrections.map((row) => row.clientKey),
    corrections.map((row) => row.next.ver),
    corrections.map((row) => row.next.node),
    corrections.map((row) => row.next.changedUs),
    corrections.map((row) => row.askedUs),
    corrections.map((row) => row.next.peer?.address ?? null),
    corrections.map((row) => row.next.peer?.port ?? null),
    finished.map((row) => row.key),
    finished.map((row) => row.node),
    finished.map((row) => row.startUs),
    finished.map((row) => row.endUs),
    finished.map((row) => row.ending),
    finished.map((row) => row.peer?.address ?? null),
    finished.map((row) => row.peer?.port ?? null),
    finished.map((row) => row.endsAtUs),
    finished.map((row) => row.isNodeLost),
    new Date(Math.min(...corrections.map((row) => row.askedUs)) / 1_000 - CONTINUED_WITHIN_MS),
  );
  return new Set(rows.map((row) => row.client_key));
}
