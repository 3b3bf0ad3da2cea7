import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { latencyAt } from "@/lib/cluster/hook-samples";
import { GATEWAY_LOST_SECONDS, STALE_SECONDS } from "@/lib/cluster/terms";
import { readDrift } from "@/lib/presence/read-drift";
import type { FactMetric } from "./schemas";

/** A value a label of each fact; the label of what is of the whole system is "". Null: not known. */
export type Facts = Record<FactMetric, Record<string, number | null>>;

// Drift is a rate per 10 000; a handful of differences on a small node is none.
const LEAST_DIFFERENCES = 3;
const HOOK_WINDOW_SECONDS = 60;
// How long our own part of a log request may take, and a device that has said it would send.
const INGEST_MINUTES = 5;
const UPLOAD_MINUTES = 30;

/** The facts of this moment. While nobody watches the nodes nothing is known of them. */
export const readFacts = readVerb({
  permission: "alerts.read",
  input: z.object({}),
  work: async (ctx): Promise<Facts> => {
    const { pool } = ctx.db;
    const [nodes, drift, system, hooks] = await Promise.all([
      pool.query<{ name: string; state: string; is_split: boolean; is_watched: boolean }>(
        `select name, state, exists (select from node_splits s where s.node_id = n.node_id and s.ended_at is null) as is_split,
           coalesce(last_asked_at > $1::timestamptz - make_interval(secs => ${STALE_SECONDS}), false)
           and evidence not in ('not_asked', 'watch_paused') as is_watched
         from broker_nodes n where evidence <> 'not_configured' limit 64`,
        [ctx.now()],
      ),
      readDrift(ctx, {}),
      pool.query<{
        watch: number | null;
        outbox: number;
        stuck: number;
        lag: number | null;
        silent: number | null;
        issuers: number;
        glass: number;
      }>(
        `select (select extract(epoch from $1::timestamptz - max(last_asked_at))::float8 from broker_nodes where evidence <> 'not_configured') as watch,
           coalesce((select extract(epoch from $1::timestamptz - accepted_at)::float8 from messages where state = 'accepted' order by seq limit 1), 0) as outbox,
           (select count(*) from log_requests where state = 'received' and state_at < $1::timestamptz - make_interval(mins => ${INGEST_MINUTES})
              or state in ('sent', 'accepted', 'uploading') and state_at < $1::timestamptz - make_interval(mins => ${UPLOAD_MINUTES}))::int as stuck,
           (select max(lag_ms) from gateways where seen_at > $1::timestamptz - make_interval(secs => ${STALE_SECONDS}))::float8 as lag,
           (select extract(epoch from $1::timestamptz - max(seen_at))::float8 from gateways) as silent,
           (select count(distinct issuer ->> 'name') from gateways, jsonb_array_elements(issuers) issuer
            where stopped_at is null and seen_at > $1::timestamptz - make_interval(secs => ${GATEWAY_LOST_SECONDS})
              and issuer ->> 'awaySinceMs' is not null)::int as issuers,
           (select count(*) from unmaskings u join operator_sessions s on s.id = u.session_id
            where u.kind = 'break_glass' and u.ends_at > $1 and s.ended_at is null)::int as glass`,
        [ctx.now()],
      ),
      pool.query<{ node: string; latency: number[]; failed: number }>(
        `select n.name as node, h.latency, h.failed from hook_samples h join broker_nodes n using (node_id)
         where h.at > $1::timestamptz - make_interval(secs => ${HOOK_WINDOW_SECONDS})`,
        [ctx.now()],
      ),
    ]);
    const latencies = new Map<string, number[]>();
    for (const row of hooks.rows) latencies.set(row.node, added(latencies.get(row.node) ?? [], row.latency));
    const nodesThatAre = (state: string) =>
      Object.fromEntries(nodes.rows.map((node) => [node.name, node.is_watched ? Number(node.state === state) : null]));
    const now = system.rows[0];
    return {
      node_down: nodesThatAre("down"),
      node_silent: nodesThatAre("silent"),
      node_split: Object.fromEntries(
        nodes.rows.map((node) => [node.name, node.is_watched ? Number(node.is_split) : null]),
      ),
      presence_drift: Object.fromEntries(
        drift.map((node) => [node.node, node.confirmed < LEAST_DIFFERENCES ? 0 : node.driftPer10000]),
      ),
      watch_age_seconds: { "": now?.watch == null ? null : Math.max(0, now.watch) },
      outbox_age_seconds: { "": Math.max(0, now?.outbox ?? 0) },
      log_requests_stuck: { "": now?.stuck ?? null },
      hook_latency_ms: Object.fromEntries([...latencies].map(([node, latency]) => [node, latencyAt(latency, 0.99)])),
      hook_failures: sumByNode(hooks.rows.map(({ node, failed }) => [node, failed])),
      gateway_lag_ms: { "": now?.lag ?? null },
      issuers_away: { "": now?.issuers ?? null },
      break_glass_open: { "": now?.glass ?? null },
      gateway_silent_seconds: { "": now?.silent == null ? null : Math.max(0, now.silent) },
    };
  },
});

const added = (one: readonly number[], other: readonly number[]): number[] =>
  Array.from({ length: Math.max(one.length, other.length) }, (_, place) => (one[place] ?? 0) + (other[place] ?? 0));

function sumByNode(counts: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [node, count] of counts) sums[node] = (sums[node] ?? 0) + count;
  return sums;
}
