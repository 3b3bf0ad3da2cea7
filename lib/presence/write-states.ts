import type { Pool } from "pg";
import { announcedJoin, endedByOf, lifeEndOf, reasonOf } from "./ending-reason";
import { HOOKS_LATE_US, type FoldedClient } from "./fold-events";
import { FLAPPING_CONNECTS, FLAPPING_MINUTES } from "./schemas";
import { versionOf } from "./version";

/** A client's entry in a batch, with its key. */
export interface KeyedFold {
  key: string;
  fold: FoldedClient;
}

// A doubt waits this long for the hooks still on their way, which mostly settle it.
const ASK_AFTER = "1 second";

const closing = {
  clientKey: "c.client_key",
  started: "to_timestamp((p.ver >> 2) / 1e6)",
  ended: "to_timestamp(c.at_us / 1e6)",
  endsAt: "p.ends_at",
};
const CLOSED = { join: announcedJoin(closing), reason: reasonOf(closing) };
const ended = { clientKey: "e.client_key", started: "e.started_at", ended: "e.ended_at", endsAt: "e.ends_at" };
const ENDED = { join: announcedJoin(ended), reason: reasonOf(ended), by: endedByOf(ended.started) };

// Two gateways commit in any order, by milliseconds always. A session of another gateway that began this much before what was told
// here has its place in the history looked up; nearer ones are shown as one hand-over anyway. [presence.md, rule 9]
const LATE_US = 1_000_000;

// A node tells of the ending of what it replaces before the next beginning. So a beginning on the very node that holds, soon after
// and of the same address, is the same one: told twice, or late, after the broker was asked and the row corrected. One of no
// address, soon after any change, may be an old one told again, with its ending: what is known stands, in doubt.
const IS_REPEATED = `to_timestamp((excluded.ver >> 2) / 1e6) - p.changed_at < interval '${HOOKS_LATE_US} microseconds'
      and (excluded.peer_address is null or (excluded.ver & 3 = 0 and p.ver & 3 = 0 and p.node_id = excluded.node_id
        and (p.peer_address, p.peer_port) = (excluded.peer_address, excluded.peer_port)
        and not exists (select 1 from closing c where c.client_key = p.client_key and c.node_id = p.node_id and c.at_us >= p.ver >> 2)))`;
const IS_NEW_EPISODE = `f.last_at < excluded.last_at - interval '${FLAPPING_MINUTES} minutes'`;

const WRITE_STATES = `
with opened as materialized (
  select t.*, n.node_id, n.state as node_state from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::int[], $24::text[],
      $25::bigint[], $28::int[], $31::int[])
    as t(client_key, client_id, ver, node, changed_us, peer_address, peer_port, doubt, ends_us, connects, cohort)
  join broker_nodes n on n.name = t.node
), closing as materialized (
  select t.*, n.node_id, n.state as node_state from unnest($8::uuid[], $9::text[], $10::text[], $11::bigint[], $12::int[], $26::text[])
    as t(client_key, client_id, node, at_us, rank, reason)
  join broker_nodes n on n.name = t.node
), confirmed as materialized (
  -- of sessions opened before this batch, with who holds the client
  select t.*, n.node_id, p.ver, p.node_id as held_by, (p.peer_address, p.peer_port) is not distinct from (t.peer_address, t.peer_port) as is_known,
      p.peer_address is null as is_open_to_any
    from unnest($13::uuid[], $29::text[], $14::text[], $15::text[], $16::int[], $30::bigint[])
      as t(client_key, client_id, node, peer_address, peer_port, at_us)
    join broker_nodes n on n.name = t.node left join presence p using (client_key)
    where not exists (select 1 from opened o where o.client_key = t.client_key)
      and not exists (select 1 from closing c where c.client_key = t.client_key)
), finished as materialized (
  select t.*, n.node_id from unnest($17::uuid[], $18::text[], $19::bigint[], $20::bigint[], $21::text[], $22::text[], $23::int[], $27::bigint[])
    as t(client_key, node, start_us, end_us, ending, peer_address, peer_port, ends_us)
  join broker_nodes n on n.name = t.node
), up as (
  insert into presence as p (client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address, peer_port, ends_at,
    connects_lately, cohort)
  select client_key, ver, node_id, to_timestamp(changed_us / 1e6), 'hook', to_timestamp(changed_us / 1e6), peer_address, peer_port,
      to_timestamp(ends_us / 1e6), connects, cohort
    from opened order by client_key
  on conflict (client_key) do update set
    ver = excluded.ver, node_id = excluded.node_id, changed_at = excluded.changed_at, proof_kind = excluded.proof_kind,
    proof_at = excluded.proof_at, peer_address = excluded.peer_address, peer_port = excluded.peer_port,
    ends_at = excluded.ends_at, reason = null, began_at = null, cohort = coalesce(excluded.cohort, p.cohort),
    connects_lately = excluded.connects_lately
      + coalesce(p.connects_lately, 1) * greatest(0, 1 - ((excluded.ver >> 2) - (p.ver >> 2)) / ${FLAPPING_MINUTES * 60e6}.0)
    where p.ver < excluded.ver and not (${IS_REPEATED})
  returning new.client_key, new.ver, new.node_id, new.changed_at, new.peer_address, new.peer_port, new.ends_at, old.ver as old_ver,
    old.node_id as old_node_id, old.changed_at as old_changed_at, old.peer_address as old_peer_address, old.peer_port as old_peer_port, old.ends_at as old_ends_at, old.began_at as old_began_at,
    new.connects_lately, old.connects_lately as old_connects_lately
), closed as (
  update presence p set
    ver = (p.ver >> 2 << 2) + c.rank, changed_at = to_timestamp(c.at_us / 1e6), proof_kind = 'hook', proof_at = to_timestamp(c.at_us / 1e6),
    reason = coalesce(c.reason, case when p.ver & 3 = 0 then ${CLOSED.reason} end)
  from closing c ${CLOSED.join}
  where p.client_key = c.client_key and p.node_id = c.node_id and p.ver & 3 < c.rank and p.ver >> 2 <= c.at_us
    and not exists (select 1 from up where up.client_key = c.client_key)
  returning new.client_key, c.client_id, new.ver, new.node_id, new.changed_at, old.ver as old_ver, old.peer_address, old.peer_port,
    old.ends_at, old.began_at
), patched as (
  update presence p set peer_address = f.peer_address, peer_port = f.peer_port
  from confirmed f
  where not f.is_known and f.held_by = f.node_id and f.ver & 3 = 0
    and p.client_key = f.client_key and p.node_id = f.node_id and p.ver & 3 = 0 and p.peer_address is null
), replaced as materialized (
  -- sessions that were open, and when the life of their node ended; null while that life lasts
  select up.*, ${lifeEndOf("to_timestamp((up.old_ver >> 2) / 1e6)")} as life_ended_at
    from up join broker_nodes n on n.node_id = up.old_node_id where up.old_ver & 3 = 0
), over as materialized (
  -- sessions of the batch that are over, and newer than what was known
  select f.* from finished f join up using (client_key) where up.old_ver is null or f.start_us > up.old_ver >> 2
), ended as (
  -- what a new session replaced: ended by its own node's hook where that came, or with that life of its node, else taken over
  select r.client_key, r.old_node_id as node_id, coalesce(r.old_began_at, to_timestamp((r.old_ver >> 2) / 1e6)) as started_at,
      case when c.at_us is null and r.life_ended_at is not null then least(r.life_ended_at, to_timestamp(first_start.us / 1e6))
        else to_timestamp(coalesce(c.at_us, first_start.us) / 1e6) end as ended_at,
      case when c.rank = 1 then 'queued' when c.rank = 2 then 'gone' when r.life_ended_at is null then 'taken_over'
        when (select clean_session from clients where clients.client_key = r.client_key) then 'gone' else 'queued' end as ending,
      r.old_peer_address as peer_address, r.old_peer_port as peer_port, r.old_ends_at as ends_at,
      case when c.at_us is null and r.life_ended_at is not null then 'node_lost' end as reason
    from replaced r
    left join closing c on c.client_key = r.client_key and c.node_id = r.old_node_id and r.old_ver >> 2 <= c.at_us
    cross join lateral (
      select coalesce(min(f.start_us), r.ver >> 2) as us from over f where f.client_key = r.client_key
    ) first_start
  union all
  -- the new session, when it also ended in this batch
  select client_key, node_id, to_timestamp((ver >> 2) / 1e6), changed_at, case ver & 3 when 1 then 'queued' else 'gone' end,
      peer_address, peer_port, ends_at, null
    from up where ver & 3 <> 0
  union all
  select f.client_key, f.node_id, to_timestamp(f.start_us / 1e6), to_timestamp(f.end_us / 1e6), f.ending, f.peer_address, f.peer_port,
      to_timestamp(f.ends_us / 1e6), null
    from over f
  union all
  select client_key, node_id, coalesce(began_at, to_timestamp((ver >> 2) / 1e6)), changed_at, case ver & 3 when 1 then 'queued' else 'gone' end,
      peer_address, peer_port, ends_at, null
    from closed where old_ver & 3 = 0
), history as (
  insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address, peer_port, reason, ended_by)
  select e.client_key, e.node_id, e.started_at, e.ended_at, e.ending, e.peer_address, e.peer_port, coalesce(e.reason, ${ENDED.reason}), ${ENDED.by}
    from ended e ${ENDED.join}
), changed as (
  select client_key, ver, node_id, changed_at from up union all select client_key, ver, node_id, changed_at from closed
), flapping as (
  insert into flapping_clients as f (client_key, since, last_at, connects)
  select client_key, changed_at, changed_at, round(connects_lately) from up where connects_lately >= ${FLAPPING_CONNECTS} order by 1
  on conflict (client_key) do update set last_at = greatest(f.last_at, excluded.last_at),
    since = case when ${IS_NEW_EPISODE} then excluded.since else f.since end,
    connects = case when ${IS_NEW_EPISODE} then excluded.connects else greatest(f.connects, excluded.connects) end
), doubted as (
  insert into presence_doubts as d (client_key, client_id, node_id, kind, since, ask_at)
  -- sorted, so that the whole of presence is locked before the first doubt
  select distinct on (client_key) client_key, client_id, node_id, kind, since, since + interval '${ASK_AFTER}' from (
    select up.client_key, o.client_id, up.node_id, up.changed_at as since, coalesce(o.doubt, case
        when up.old_ver & 3 = 0 and up.old_node_id <> up.node_id and (up.ver >> 2) - (up.old_ver >> 2) < ${HOOKS_LATE_US}
          and not exists (select 1 from replaced r where r.client_key = up.client_key and r.life_ended_at is not null)
          then 'two_nodes'
        when up.connects_lately >= ${FLAPPING_CONNECTS} and coalesce(up.old_connects_lately, 0) < ${FLAPPING_CONNECTS} then 'flapping' end) as kind
      from up join opened o using (client_key)
    union all
    -- what began there is older than what is known: repeated, late, or by a clock that is behind
    select o.client_key, o.client_id, o.node_id, to_timestamp(o.changed_us / 1e6),
        case when o.peer_address is null then 'wakeup_without_auth' else 'two_nodes' end
      from opened o join presence p using (client_key)
      where not exists (select 1 from up where up.client_key = o.client_key) and p.ver <> o.ver
        and (o.peer_address is null or (p.node_id <> o.node_id
          and abs((p.ver >> 2) - (o.ver >> 2)) < case when p.ver & 3 = 0 then ${HOOKS_LATE_US} else ${LATE_US} end))
    union all
    select client_key, client_id, node_id, to_timestamp(at_us / 1e6),
        case when ver & 3 = 0 and held_by <> node_id then 'two_nodes' else 'register_without_session' end
      -- nobody holds it, another node does, or this one a session of another address: one of the two is told late
      from confirmed where held_by is distinct from node_id or ver & 3 <> 0 or not (is_known or is_open_to_any)
    union all
    select client_key, client_id, node_id, changed_at, 'early_ending' from closed
      where old_ver & 3 = 0 and changed_at < to_timestamp((old_ver >> 2) / 1e6) + interval '${HOOKS_LATE_US} microseconds'
    union all
    select c.client_key, c.client_id, c.node_id, to_timestamp(c.at_us / 1e6), 'ending_without_session' from closing c
      where not exists (select 1 from opened o where o.client_key = c.client_key)
        and not exists (select 1 from closed where closed.client_key = c.client_key)
        -- one that is held elsewhere, or the same ending told twice, is no doubt
        and not exists (select 1 from presence p where p.client_key = c.client_key and (p.ver & 3 = 0
          or (p.node_id = c.node_id and p.ver & 3 >= c.rank
            and p.changed_at > to_timestamp(c.at_us / 1e6) - interval '${HOOKS_LATE_US} microseconds')))
  ) doubt where kind is not null order by client_key, since desc
  on conflict (client_key) do update set kind = excluded.kind, since = excluded.since, client_id = excluded.client_id,
    node_id = excluded.node_id, ask_at = least(d.ask_at, excluded.ask_at), attempts = 0, sweep_id = null
    where d.since < excluded.since
), late as (
  -- what the history cannot place without a look at it: older than what is known, or known to end after something newer began
  select client_key from opened o where not exists (select 1 from up where up.client_key = o.client_key)
  union
  select f.client_key from finished f join up using (client_key) where f.start_us <= up.old_ver >> 2
    or (up.old_ver & 3 <> 0 and up.old_changed_at > to_timestamp((f.start_us + ${LATE_US}) / 1e6))
  union
  select client_key from up where old_ver & 3 <> 0 and old_changed_at > to_timestamp(((ver >> 2) + ${LATE_US}) / 1e6)
  union
  select c.client_key from closing c join up using (client_key) where c.at_us + ${LATE_US} < up.old_ver >> 2
  union
  select c.client_key from closing c join presence p using (client_key)
    where not exists (select 1 from opened o where o.client_key = c.client_key)
      and not exists (select 1 from closed where closed.client_key = c.client_key)
      -- the second: it was open when this statement began, and another gateway was quicker
      and (c.at_us + ${LATE_US} < p.ver >> 2 or (p.node_id = c.node_id and p.ver & 3 < c.rank and p.ver >> 2 <= c.at_us))
), told as (
  -- 40 clients of at most 64 + 32 characters and their keys stay below NOTIFY's 8 000 bytes
  select pg_notify('presence', json_build_object('type', 'presence.changed', 'clients', json_agg(json_build_object(
      'clientId', t.client_id, 'node', n.name, 'at', floor(extract(epoch from t.changed_at) * 1000),
      'state', case t.ver & 3 when 0 then 'online' when 1 then 'offline_queued' else 'offline_gone' end)))::text)
    from (
      select ch.*, ids.client_id, (row_number() over () - 1) / 40 as chunk
      from changed ch join (select client_key, client_id from opened union select client_key, client_id from closing) ids using (client_key)
    ) t join broker_nodes n using (node_id)
    group by chunk
), heard as (
  -- a node believed not to answer speaks: whoever watches it looks at once
  select pg_notify('cluster', json_build_object('type', 'cluster.nodeHeard', 'node', node,
      'at', floor(extract(epoch from now()) * 1000))::text)
    from (select node from opened where node_state <> 'up' union select node from closing where node_state <> 'up') silent
)
select (select count(*) from changed)::int as changed, (select count(*) from told)::int as chunks,
  (select count(*) from heard)::int as heard, (select array_agg(client_key) from late) as late`;

// Planning takes 2 ms, more than a small batch's own work, so its plan is kept. One made for any size joins row by row, which takes a
// large batch eight times as long: that is planned each time, for what it holds. Where both cost the same: bench/presence-write.bench.ts.
const MOST_PREPARED = 300;

/**
 * Machine write: one batch of folded clients, sorted by key, in one statement: state, history and notification commit together.
 *
 * - `opened` rows merge by max(ver); what they replaced comes back as old.* and becomes history.
 * - `closings` change only the session open on their own node that began before they were received; a row that `opened`
 *   changes is changed by it alone, and the closing then only dates the history.
 * - What the hooks do not make sure becomes a doubt (one row a client) in the same commit; the state stands until it is answered.
 * - A hook of a node that is believed not to answer is proof that it lives: its watch is told to look.
 * - Repeating a batch (a commit whose answer was lost) changes nothing and writes no second history row.
 * - One entry a client, sorted by key, so that two gateways seldom wait for each other in a circle (`writePresence`).
 *
 * Gives how many states changed, and the keys of clients of which the batch tells what happened before what was known: their history
 * has to be looked at (`writeLateSessions`). Nodes are found by name and must have a row (`addNodes`). Instants are µs since the epoch.
 */
export async function writeStates(
  pool: Pool,
  keyed: readonly KeyedFold[],
): Promise<{ changed: number; late: readonly string[] }> {
  // Entries that refer and do not copy: at 10 000 hooks a second what a batch leaves behind is what its collector's pauses cost.
  const opened = keyed.flatMap(({ key, fold }) => (fold.current ? [{ key, fold, session: fold.current }] : []));
  const closings = keyed.flatMap(({ key, fold }) => fold.closings.map((closing) => ({ key, fold, closing })));
  const confirmed = keyed.flatMap(({ key, fold }) =>
    fold.confirmed ? [{ key, fold, confirmed: fold.confirmed }] : [],
  );
  const finished = keyed.flatMap(({ key, fold }) => fold.finished.map((session) => ({ key, session })));
  const result = await pool.query<{ changed: number; late: string[] | null }>({
    ...(keyed.length <= MOST_PREPARED ? { name: "write-states" } : {}),
    text: WRITE_STATES,
    values: [
      opened.map(({ key }) => key),
      opened.map(({ fold }) => fold.clientId),
      opened.map(({ session }) => versionOf(session.startUs, session.rank)),
      opened.map(({ session }) => session.node),
      opened.map(({ session }) => session.changedUs),
      opened.map(({ session }) => session.peer?.address ?? null),
      opened.map(({ session }) => session.peer?.port ?? null),
      closings.map(({ key }) => key),
      closings.map(({ fold }) => fold.clientId),
      closings.map(({ closing }) => closing.node),
      closings.map(({ closing }) => closing.atUs),
      closings.map(({ closing }) => closing.rank),
      confirmed.map(({ key }) => key),
      confirmed.map(({ confirmed: { node } }) => node),
      confirmed.map(({ confirmed: { peer } }) => peer.address),
      confirmed.map(({ confirmed: { peer } }) => peer.port),
      finished.map(({ key }) => key),
      finished.map(({ session }) => session.node),
      finished.map(({ session }) => session.startUs),
      finished.map(({ session }) => session.endUs),
      finished.map(({ session }) => session.ending),
      finished.map(({ session }) => session.peer?.address ?? null),
      finished.map(({ session }) => session.peer?.port ?? null),
      opened.map(({ fold }) => fold.doubt),
      opened.map(({ session }) => session.endsAtUs),
      closings.map(({ closing }) => closing.reason),
      finished.map(({ session }) => session.endsAtUs),
      opened.map(({ fold }) => 1 + fold.finished.length),
      confirmed.map(({ fold }) => fold.clientId),
      confirmed.map(({ confirmed: { atUs } }) => atUs),
      opened.map(({ session }) => session.cohort),
    ],
  });
  const [row] = result.rows;
  return { changed: row?.changed ?? 0, late: row?.late ?? [] };
}
