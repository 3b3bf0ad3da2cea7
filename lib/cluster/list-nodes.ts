import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import {
  positionOf,
  STALE_SECONDS,
  type ClusterNode,
  type NodeEvidence,
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
  sampled_at: Date | null;
  connections: number | null;
  sessions: number | null;
  scheduler: number | null;
  memory: number | null;
  db_now: Date;
}

const place = (name: Parameters<typeof positionOf>[0]): string => `s."values"[${positionOf(name)}]`;

/** Every configured node with its state and latest sample of the last day, subscriber nodes first, by name; at most 64. */
export const listNodes = readVerb({
  permission: "cluster.read",
  input: z.object({}),
  work: async (ctx): Promise<NodeList> => {
    const { rows } = await ctx.db.pool.query<Row>(
      `select n.name, n.role, n.state, n.evidence, n.state_since, n.booted_at, n.last_asked_at, n.last_answer_at, n.version,
         s.at as sampled_at, ${place("connections")} as connections, ${place("sessions")} as sessions,
         ${place("scheduler_utilization")} as scheduler, ${place("vm_memory_bytes")} as memory, now() as db_now
       from broker_nodes n left join lateral (
         select at, "values" from series_samples
         where node_id = n.node_id and at > now() - interval '1 day' order by at desc limit 1) s on true
       where n.evidence <> 'not_configured' order by n.role desc, n.name limit 64`,
    );
    return {
      nodes: rows.map(asNode),
      watch: watchOf(rows),
      at: (rows[0]?.db_now ?? ctx.now()).toISOString(),
    };
  },
});

const asNode = (row: Row): ClusterNode => ({
  name: row.name,
  role: row.role,
  state: row.state,
  evidence: row.evidence,
  since: row.state_since.toISOString(),
  bootedAt: row.booted_at?.toISOString() ?? null,
  lastAnswerAt: row.last_answer_at?.toISOString() ?? null,
  version: row.version,
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
