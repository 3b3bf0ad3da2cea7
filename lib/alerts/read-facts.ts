import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { STALE_SECONDS } from "@/lib/cluster/schemas";
import { readDrift } from "@/lib/presence/read-drift";
import type { FactMetric } from "./schemas";

/** A value a label of each fact; the label of what is of the whole system is "". Null: not known. */
export type Facts = Record<FactMetric, Record<string, number | null>>;

// Drift is a rate per 10 000; a handful of differences on a small node is none.
const LEAST_DIFFERENCES = 3;
// How long our own part of a log request may take, and a device that has said it would send.
const INGEST_MINUTES = 5;
const UPLOAD_MINUTES = 30;

/** The facts of this moment. While nobody watches the nodes nothing is known of them. */
export const readFacts = readVerb({
  permission: "alerts.read",
  input: z.object({}),
  work: async (ctx): Promise<Facts> => {
    const { pool } = ctx.db;
    const [nodes, drift, system] = await Promise.all([
      pool.query<{ name: string; state: string; is_watched: boolean }>(
        `select name, state, coalesce(last_asked_at > $1::timestamptz - make_interval(secs => ${STALE_SECONDS}), false)
           and evidence not in ('not_asked', 'watch_paused') as is_watched
         from broker_nodes where evidence <> 'not_configured' limit 64`,
        [ctx.now()],
      ),
      readDrift(ctx, {}),
      pool.query<{ watch: number | null; outbox: number; stuck: number }>(
        `select (select extract(epoch from $1::timestamptz - max(last_asked_at))::float8 from broker_nodes where evidence <> 'not_configured') as watch,
           coalesce((select extract(epoch from $1::timestamptz - accepted_at)::float8 from messages where state = 'accepted' order by seq limit 1), 0) as outbox,
           (select count(*) from log_requests where state = 'received' and state_at < $1::timestamptz - make_interval(mins => ${INGEST_MINUTES})
              or state in ('sent', 'accepted', 'uploading') and state_at < $1::timestamptz - make_interval(mins => ${UPLOAD_MINUTES}))::int as stuck`,
        [ctx.now()],
      ),
    ]);
    const nodesThatAre = (state: string) =>
      Object.fromEntries(nodes.rows.map((node) => [node.name, node.is_watched ? Number(node.state === state) : null]));
    const now = system.rows[0];
    return {
      node_down: nodesThatAre("down"),
      node_silent: nodesThatAre("silent"),
      node_split: nodesThatAre("split"),
      presence_drift: Object.fromEntries(
        drift.map((node) => [node.node, node.confirmed < LEAST_DIFFERENCES ? 0 : node.driftPer10000]),
      ),
      watch_age_seconds: { "": now?.watch == null ? null : Math.max(0, now.watch) },
      outbox_age_seconds: { "": Math.max(0, now?.outbox ?? 0) },
      log_requests_stuck: { "": now?.stuck ?? null },
    };
  },
});
