import type { Pool } from "pg";
import { inPoolTransaction } from "@/lib/db/pool-transaction";
import { announcedJoin, endedByOf, lifeEndOf, reasonOf } from "./ending-reason";
import { endingOfRank, RANK } from "./version";
import type { KeyedFold } from "./write-states";

// Exact, unlike to_timestamp of a float.
const instant = (us: string): string => `timestamptz 'epoch' + ${us} * interval '1 microsecond'`;
const session = { clientKey: "l.client_key", started: "l.started_at", ended: "l.ended_at", endsAt: "l.ends_at" };
// A port is not used again within the minute that TCP keeps it (TIME-WAIT): node and address are the session's identity.
const SAME_CONNECTION = "interval '1 minute'";

const LOCK = "select 1 from presence where client_key = any($1::uuid[]) order by client_key for update";

const WRITE_LATE_SESSIONS = `
with begun as materialized (
  select t.*, n.node_id, ${instant("t.start_us")} as started_at, ${instant("t.end_us")} as ended_at, ${instant("t.ends_us")} as ends_at
    from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::int[], $8::bigint[])
      as t(client_key, node, start_us, end_us, ending, peer_address, peer_port, ends_us)
    join broker_nodes n on n.name = t.node
), told as materialized (
  select t.client_key, n.node_id, ${instant("t.at_us")} as at, t.ending
    from unnest($9::uuid[], $10::text[], $11::bigint[], $12::text[]) as t(client_key, node, at_us, ending)
    join broker_nodes n on n.name = t.node
), known as materialized (
  select client_key, node_id, started_at, ended_at, ending, peer_address, peer_port from sessions
    where client_key = any($13::uuid[]) and ended_at >= $14::timestamptz
  union all
  select client_key, node_id, coalesce(began_at, to_timestamp((ver >> 2) / 1e6)), 'infinity', null, peer_address, peer_port from presence
    where client_key = any($13::uuid[]) and ver & 3 = 0
), line as materialized (
  -- all sessions of a client one after the other, the open one last
  select *, lead(started_at) over (partition by client_key order by started_at) as next_at from (
    select *, null::timestamptz as ends_at, false as is_fresh from known
    union all
    select b.client_key, b.node_id, b.started_at, coalesce(b.ended_at, 'infinity'), b.ending, b.peer_address, b.peer_port, b.ends_at, true
      from begun b where not exists (select 1 from known k where k.client_key = b.client_key and k.node_id = b.node_id
        and (k.started_at = b.started_at or ((k.peer_address, k.peer_port) = (b.peer_address, b.peer_port)
          and k.started_at between b.started_at - ${SAME_CONNECTION} and b.started_at + ${SAME_CONNECTION})))
  ) s
), bounded as (
  -- ended by its own node's word, with that life of its node, or by the next one: whichever came first
  select line.client_key, line.node_id, line.started_at, line.ended_at as was_ended_at, line.is_fresh, line.peer_address, line.peer_port, line.ends_at,
      least(line.ended_at, told.at, life.ended_at, line.next_at) as ended_at,
      case least(line.ended_at, told.at, life.ended_at, line.next_at)
        when told.at then told.ending
        when line.ended_at then line.ending
        when life.ended_at then case when c.clean_session then 'gone' else 'queued' end
        else 'taken_over' end as ending,
      life.ended_at < least(line.ended_at, told.at, line.next_at) as is_node_lost
    from line
    join broker_nodes n using (node_id)
    left join clients c using (client_key)
    cross join lateral (select case when line.is_fresh then ${lifeEndOf("line.started_at")} end as ended_at) life
    left join told on told.client_key = line.client_key and told.node_id = line.node_id
      and told.at >= line.started_at and told.at < least(line.ended_at, line.next_at)
), late as materialized (
  select l.client_key, l.node_id, l.started_at, l.was_ended_at, l.is_fresh, l.ended_at, l.ending, l.peer_address, l.peer_port,
      case when l.is_node_lost then 'node_lost' else ${reasonOf(session)} end as reason, ${endedByOf(session.started)} as ended_by
    from bounded l ${announcedJoin(session)}
    where l.ended_at < 'infinity' and (l.is_fresh or (l.ended_at <> l.was_ended_at and l.was_ended_at < 'infinity'))
), shortened as (
  update sessions s set ended_at = l.ended_at, ending = l.ending, reason = l.reason, ended_by = l.ended_by from late l
    where not l.is_fresh and s.client_key = l.client_key and s.node_id = l.node_id and s.started_at = l.started_at
      and s.ended_at = l.was_ended_at and s.ended_at >= $14::timestamptz
)
insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address, peer_port, reason, ended_by)
select client_key, node_id, started_at, ended_at, ending, peer_address, peer_port, reason, ended_by from late where is_fresh`;

/**
 * Machine write: places in the history what a batch tells of a time before what the store knew, as when a gateway was behind: sessions
 * that another has followed meanwhile get their row, and those that thereby, or by a late ending, turn out to be shorter
 * than told are shortened. States are not touched. Sessions of one client never overlap: each ends when the next begins, at the
 * latest. One that is there, and a beginning of no address, which may be an old one told again, are left out; safe to repeat.
 *
 * In a transaction of its own that holds the clients' rows: what another gateway committed meanwhile is seen, and nothing
 * of these clients is written beside it.
 */
export async function writeLateSessions(pool: Pool, clients: readonly KeyedFold[]): Promise<void> {
  const begun = clients.flatMap(beginningsOf);
  const told = clients.flatMap(({ key, fold }) => fold.closings.map((closing) => ({ ...closing, key })));
  const keys = clients.map(({ key }) => key);
  if (begun.length + told.length === 0) return;
  const firstUs = [...begun.map(({ startUs }) => startUs), ...told.map(({ atUs }) => atUs)].reduce((a, b) =>
    Math.min(a, b),
  );
  await inPoolTransaction(pool, async (client) => {
    await client.query(LOCK, [keys]);
    await client.query(WRITE_LATE_SESSIONS, [
      begun.map((row) => row.key),
      begun.map((row) => row.node),
      begun.map((row) => row.startUs),
      begun.map((row) => row.endUs),
      begun.map((row) => row.ending),
      begun.map((row) => row.peer.address),
      begun.map((row) => row.peer.port),
      begun.map((row) => row.endsAtUs),
      told.map((row) => row.key),
      told.map((row) => row.node),
      told.map((row) => row.atUs),
      told.map((row) => endingOfRank(row.rank)),
      keys,
      new Date(Math.floor(firstUs / 1_000)),
    ]);
  });
}

/** Sessions that began in the batch, with an address; `endUs` and `ending` null: the batch does not tell of an ending. */
function beginningsOf({ key, fold: { current, finished } }: KeyedFold) {
  const last = current
    ? [
        {
          ...current,
          endUs: current.rank === RANK.open ? null : current.changedUs,
          ending: current.rank === RANK.open ? null : endingOfRank(current.rank),
        },
      ]
    : [];
  return [...finished, ...last].flatMap(({ node, startUs, endUs, ending, peer, endsAtUs }) =>
    peer ? [{ key, node, startUs, endUs, ending, peer, endsAtUs }] : [],
  );
}
