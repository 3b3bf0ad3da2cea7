import type { NodeAddress } from "@/lib/broker/ask-node";
import type { Broker, BrokerSession } from "@/lib/broker/broker";
import { positionOf } from "@/lib/cluster/schemas";
import { isClientId } from "@/lib/mqtt/is-client-id";
import type { Context } from "@/lib/rbac/context";
import { clientKeyOf } from "./client-key";

export interface Sweep {
  complete: boolean;
  /** Sessions the node listed. */
  rows: number;
  /** Clients of which list and store said different things; each is now a doubt. */
  differences: number;
}

// `--limit` is 100 unless told otherwise, and the list does not say when it was cut: the count against the gauge does.
const MOST_ROWS = 1_000_000;
// A dump of 9 263 sessions took 0.58 s.
const LIST_TIMEOUT_MS = 60_000;
// Clients come and go while the list is made. [presence.md, rule 7: the counts agree]
const TOLERANCE = 0.02;
// More than this at once is no drift but a fault, and the next sweep finds the rest.
const MOST_DOUBTS = 10_000;
const RETRY_SECONDS = 20;
// What asks for sweeps, as a receiver that is away, may do so at every reading of a node.
const APART_SECONDS = 5;
// While a hook of the node is missing, only sweeps see what it would have told: nothing wrong may stand for 30 s.
const MISSING_HOOKS_SECONDS = 15;

/**
 * Machine write: compares a node's whole session list with what is stored, if it is due: `everySeconds` after the last sweep, sooner
 * while a hook of it is missing or when the last was incomplete, at once when the node came back, a gateway was started or somebody
 * asked for it (`askForSweep`). Null when it is not due or not up.
 *
 * A difference is never applied, only doubted: a row that is missing may have been dropped by the broker, one that is there may
 * be older than an ending. Where the counts disagree the list is incomplete, and what it leaves out is not doubted.
 * Throws a NodeFailure when the node gives no list; the sweep then stands as incomplete.
 */
export async function sweepNode(
  ctx: Context,
  { broker, node, everySeconds }: { broker: Broker; node: NodeAddress; everySeconds: number },
): Promise<Sweep | null> {
  const sweepId = await begin(ctx, node.name, everySeconds);
  if (sweepId === null) return null;
  const before = await broker.fetchMetrics(node);
  const { brokerNodeName } = before;
  if (brokerNodeName === null) return finish(ctx, sweepId, { complete: false, rows: 0, differences: 0 });
  const listed = await broker.listSessions(node, { brokerNodeName, limit: MOST_ROWS, timeoutMs: LIST_TIMEOUT_MS });
  const after = await broker.fetchMetrics(node);
  const online = listed.filter((session) => session.isOnline).length;
  const complete = agrees(online, [connectionsOf(before.values), connectionsOf(after.values)]);
  const differences = await doubtDifferences(ctx, { sweepId, listed, complete });
  // A difference that found no room among the doubts must not pass for proven.
  return finish(ctx, sweepId, {
    complete: complete && differences <= MOST_DOUBTS,
    rows: listed.length,
    differences,
  });
}

const connectionsOf = (values: readonly (number | null)[]): number | null =>
  values[positionOf("connections") - 1] ?? null;

/** Whether a count lies between the gauge before and after, give or take the tolerance (at least one). */
function agrees(count: number, gauges: readonly (number | null)[]): boolean {
  const known = gauges.filter((gauge) => gauge !== null);
  if (known.length < gauges.length) return false;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const slack = Math.max(1, most * TOLERANCE);
  return count >= least - slack && count <= most + slack;
}

const BEGIN = `
insert into presence_sweeps (node_id, reason)
select n.node_id, due.reason from broker_nodes n
left join lateral (
  select started_at, complete from presence_sweeps s where s.node_id = n.node_id order by started_at desc limit 1
) last on true
cross join lateral (select case
  when last.started_at <= greatest(n.state_since, n.booted_at) then 'node_back'
  when last.started_at <= (select max(booted_at) from gateways) then 'gateway_started'
  when last.started_at <= n.sweep_wanted_at and last.started_at < now() - interval '${APART_SECONDS} seconds' then n.sweep_reason
  when last.started_at is null or last.started_at <= now() - interval '1 second' * least($2::int,
    case when not last.complete then ${RETRY_SECONDS} end,
    case when cardinality(n.missing_hooks) > 0 then ${MISSING_HOOKS_SECONDS} end) then 'rolling' end as reason) due
where n.name = $1 and n.state = 'up' and due.reason is not null
returning id`;

async function begin(ctx: Context, nodeName: string, everySeconds: number): Promise<number | null> {
  const { rows } = await ctx.db.pool.query<{ id: number }>(BEGIN, [nodeName, everySeconds]);
  return rows[0]?.id ?? null;
}

async function finish(ctx: Context, sweepId: number, sweep: Sweep): Promise<Sweep> {
  await ctx.db.pool.query(
    `update presence_sweeps set finished_at = now(), complete = $2, "rows" = $3, differences = $4 where id = $1`,
    [sweepId, sweep.complete, sweep.rows, sweep.differences],
  );
  return sweep;
}

// A row that changed after the sweep began is newer than the list. Those already in doubt are being asked about.
const DOUBT = `
with sweep as (
  select s.id, s.node_id, s.started_at, coalesce((extract(epoch from n.booted_at) * 1000000)::bigint, 0) as booted_us
  from presence_sweeps s join broker_nodes n using (node_id) where s.id = $1
), listed as materialized (
  select t.client_key, min(t.client_id) as client_id, bool_or(t.is_online) as is_online, bool_and(t.clean_session) as clean_session,
      max(t.peer_address) as peer_address, max(t.peer_port) as peer_port
    from unnest($2::uuid[], $3::text[], $4::boolean[], $5::boolean[], $6::text[], $7::int[])
      as t(client_key, client_id, is_online, clean_session, peer_address, peer_port) group by 1
), met as (
  -- Its sign-in was lost: known by its identifier, without a person.
  insert into clients (client_key, client_id, clean_session)
  select client_key, client_id, clean_session from listed l
    where not exists (select 1 from clients c where c.client_key = l.client_key) order by client_key
  on conflict do nothing
), different as materialized (
  -- listed, and stored as something else
  select l.client_key, l.client_id from listed l cross join sweep s left join presence p using (client_key)
    where (p.client_key is null or p.changed_at < s.started_at) and case
      when l.is_online then p.ver is null or p.ver & 3 <> 0 or p.node_id <> s.node_id or p.ver >> 2 < s.booted_us
        or (l.peer_address, l.peer_port) <> (p.peer_address, p.peer_port)
      else p.ver & 3 = 2 or (p.ver & 3 = 0 and p.node_id = s.node_id and p.ver >> 2 >= s.booted_us) end
  union
  -- stored as open or kept there, and not listed
  select p.client_key, c.client_id from presence p join sweep s using (node_id) join clients c using (client_key)
    where $8::boolean and p.ver & 3 < 2 and p.changed_at < s.started_at
      and (p.ver & 3 = 1 or p.ver >> 2 >= s.booted_us)
      and not exists (select 1 from listed l where l.client_key = p.client_key)
), doubted as (
  insert into presence_doubts (client_key, client_id, node_id, kind, since, ask_at, sweep_id)
  select d.client_key, d.client_id, s.node_id, 'sweep', s.started_at, now(), s.id from different d cross join sweep s
    order by d.client_key limit ${MOST_DOUBTS}
  on conflict (client_key) do nothing
)
select count(*)::int as differences from different`;

async function doubtDifferences(
  ctx: Context,
  { sweepId, listed, complete }: { sweepId: number; listed: readonly BrokerSession[]; complete: boolean },
): Promise<number> {
  const ours = listed.filter((session) => isClientId(session.clientId));
  const { rows } = await ctx.db.pool.query<{ differences: number }>(DOUBT, [
    sweepId,
    ours.map((session) => clientKeyOf(session.clientId)),
    ours.map((session) => session.clientId),
    ours.map((session) => session.isOnline),
    ours.map((session) => session.cleanSession),
    ours.map((session) => (session.isOnline ? session.peerAddress : null)),
    ours.map((session) => (session.isOnline ? session.peerPort : null)),
    complete,
  ]);
  return rows[0]?.differences ?? 0;
}
