import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { compareMembership } from "./judge-splits";
import { STALE_SECONDS } from "./terms";
import {
  positionOf,
  type ClusterNode,
  type NodeEvidence,
  type NodeFault,
  type NodeList,
  type NodeRole,
  type NodeState,
  type WatchState,
} from "./schemas";

interface Row {
  name: string;
  role: NodeRole;
  state: NodeState;
  evidence: NodeEvidence;
  state_since: Date;
  booted_at: Date | null;
  last_asked_at: Date | null;
  last_answer_at: Date | null;
  version: string | null;
  broker_name: string | null;
  peers: { name: string; running: boolean }[] | null;
  scrape_fault: NodeFault | null;
  scrape_fault_since: Date | null;
  missing_hooks: string[];
  lost_at: Date | null;
  split_since: Date | null;
  away_from: string[] | null;
  sampled_at: Date | null;
  connections: number | null;
  sessions: number | null;
  scheduler: number | null;
  memory: number | null;
  db_now: Date;
}

const place = (name: Parameters<typeof positionOf>[0]): string => `s."values"[${positionOf(name)}]`;
// How each node sees its cluster is written every fifteen seconds while it answers; twice that, and it says nothing of now.
const PEERS_OLD_SECONDS = 30;

/** Every configured node with its state and latest sample of the last day, subscriber nodes first, by name; at most 64. */
export const listNodes = readVerb({
  permission: "cluster.read",
  input: z.object({}),
  work: async (ctx): Promise<NodeList> => {
    const { rows } = await ctx.db.pool.query<Row>(
      `select n.name, n.role, n.state, n.evidence, n.state_since, n.booted_at, n.last_asked_at, n.last_answer_at, n.version,
         n.broker_name, n.missing_hooks, n.lost_at, case when v.peers_at > now() - make_interval(secs => ${PEERS_OLD_SECONDS}) then v.peers end as peers,
         v.scrape_fault, v.scrape_fault_since, x.began_at as split_since, x.away_from,
         s.at as sampled_at, ${place("connections")} as connections, ${place("sessions")} as sessions,
         ${place("scheduler_utilization")} as scheduler, ${place("vm_memory_bytes")} as memory, now() as db_now
       from broker_nodes n left join node_views v using (node_id)
       left join node_splits x on x.node_id = n.node_id and x.ended_at is null
       left join lateral (
         select at, "values" from series_samples
         where node_id = n.node_id and at > now() - interval '1 day' order by at desc limit 1) s on true
       where n.evidence <> 'not_configured' order by n.role desc, n.name limit 64`,
    );
    const common = mostCommon(rows.flatMap((row) => row.version ?? []));
    return {
      nodes: rows.map((row) => asNode(row, common)),
      membership: compareMembership(
        rows.map((row) => ({
          name: row.name,
          answers: row.state === "up",
          brokerName: row.broker_name,
          peers: row.peers,
        })),
      ),
      watch: watchOf(rows),
      at: (rows[0]?.db_now ?? ctx.now()).toISOString(),
    };
  },
});

/** The value most often there; of equally many, the last in order, as the newer version is the one that is wanted. */
export function mostCommon(values: readonly string[]): string | null {
  const times = new Map<string, number>();
  for (const value of values.toSorted()) times.set(value, (times.get(value) ?? 0) + 1);
  const most = Math.max(...times.values());
  return [...times.keys()].findLast((value) => times.get(value) === most) ?? null;
}

const asNode = (row: Row, commonVersion: string | null): ClusterNode => ({
  name: row.name,
  role: row.role,
  state: row.state,
  evidence: row.evidence,
  since: row.state_since.toISOString(),
  bootedAt: row.booted_at?.toISOString() ?? null,
  lastAnswerAt: row.last_answer_at?.toISOString() ?? null,
  version: row.version,
  hasOtherVersion: row.version !== null && row.version !== commonVersion,
  brokerName: row.broker_name,
  split: row.split_since && { since: row.split_since.toISOString(), awayFrom: row.away_from ?? [] },
  scrapeFault:
    row.scrape_fault && row.scrape_fault_since
      ? { fault: row.scrape_fault, since: row.scrape_fault_since.toISOString() }
      : null,
  missingHooks: row.missing_hooks,
  lostAt: row.state === "up" ? null : (row.lost_at?.toISOString() ?? null),
  sample: row.sampled_at && {
    at: row.sampled_at.toISOString(),
    connections: row.connections,
    sessions: row.sessions,
    schedulerPercent: row.scheduler,
    vmMemoryBytes: row.memory,
  },
});

function watchOf(rows: readonly Row[]): WatchState {
  const asked = rows.flatMap((row) => (row.last_asked_at ? [row.last_asked_at.getTime()] : []));
  const now = rows[0]?.db_now.getTime();
  if (asked.length === 0 || now === undefined) return { status: "not_started" };
  const lastMs = Math.max(...asked);
  if (now - lastMs > STALE_SECONDS * 1000) return { status: "stopped", lastAt: new Date(lastMs).toISOString() };
  return { status: "watching" };
}
