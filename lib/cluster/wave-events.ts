import type { WaveDimension, WaveKind } from "./schemas";

/**
 * SQL of the endings (or refusals) between $1 (inclusive) and $2 (exclusive) as rows of client_key, client_id, at and one column
 * a dimension of the lens. The one place that says what each kind of wave is made of.
 */

/** `/24` of IPv4, `/48` of IPv6, as text; null for what is no address. */
export const networkOf = (address: string): string => {
  const plain = `replace(${address}, '::ffff:', '')`;
  return `(case when pg_input_is_valid(${plain}, 'inet')
    then network(set_masklen(${plain}::inet, case family(${plain}::inet) when 4 then 24 else 48 end))::text end)`;
};

/** Column of each dimension. */
export const WAVE_COLUMNS: Record<WaveDimension, string> = {
  node: "node",
  platform: "platform",
  appVersion: "app_version",
  network: "network",
  reason: "reason",
};

/** A take-over is not a disconnect: the client went on. */
const ENDINGS = `from sessions s left join clients c using (client_key) join broker_nodes n on n.node_id = s.node_id
  where s.ended_at >= $1 and s.ended_at < $2 and s.ending <> 'taken_over'`;

const REFUSALS = `from connect_refusals r join broker_nodes n using (node_id)
  left join clients c on c.client_id = r.client_id
  where r.at >= $1 and r.at < $2`;

const KEY_OF_REFUSED = "md5('/' || r.client_id)::uuid";

/** Rows of the kind; `sampled`: only of clients whose key is not above $3, which are a fair sample, as keys are hashes. */
export const waveEvents = (kind: WaveKind, part: "all" | "sampled"): string =>
  kind === "disconnects"
    ? `select s.client_key, c.client_id, s.ended_at as at, n.name as node, c.platform, c.app_version,
         ${networkOf("s.peer_address")} as network, coalesce(s.reason, 'not_told') as reason
       ${ENDINGS} ${part === "sampled" ? "and s.client_key <= $3::uuid" : ""}`
    : `select ${KEY_OF_REFUSED} as client_key, r.client_id, r.at, n.name as node, c.platform, c.app_version,
         ${networkOf("r.peer_address")} as network, r.reason
       ${REFUSALS} ${part === "sampled" ? `and ${KEY_OF_REFUSED} <= $3::uuid` : ""}`;

/** How many there are between $1 and $2, counted to $3 at most. */
export const countWave = (kind: WaveKind): string =>
  kind === "disconnects"
    ? `select count(*)::int as events from (select from sessions s
         where s.ended_at >= $1 and s.ended_at < $2 and s.ending <> 'taken_over' limit $3) e`
    : `select count(*)::int as events from (select from connect_refusals r where r.at >= $1 and r.at < $2 limit $3) e`;

/**
 * Whom it could have hit, with the columns of the dimensions, of the first $2 clients by key: for disconnects those connected at $1,
 * for refusals all.
 */
export const wavePopulation = (kind: WaveKind): string => {
  const facts = `n.name as node, c.platform, c.app_version, ${networkOf("a.peer_address")} as network`;
  const looked = "select client_key, ver, node_id, peer_address from presence order by client_key limit $2";
  if (kind === "refusals")
    return `select ${facts} from (${looked}) a left join clients c using (client_key) join broker_nodes n using (node_id)
      where $1::timestamptz is not null`;
  const isOpenSince = "l.ver & 3 = 0 and to_timestamp((l.ver >> 2) / 1000000.0) < $1";
  return `with looked as materialized (${looked}), at_risk as (
      select client_key, node_id, peer_address from looked l where ${isOpenSince}
      union all
      select l.client_key, e.node_id, e.peer_address from looked l cross join lateral (
        select s.node_id, s.peer_address from sessions s
        where s.client_key = l.client_key and s.ended_at >= $1 and s.ended_at < $1::timestamptz + interval '2 days' and s.started_at < $1
        order by s.ended_at limit 1) e
      where not (${isOpenSince}))
    select ${facts} from at_risk a left join clients c using (client_key) join broker_nodes n on n.node_id = a.node_id`;
};
