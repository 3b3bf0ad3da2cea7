import type { Pool } from "pg";
import type { NodeEvidence, NodeState } from "./schemas";

/** A change of a node's state or life, as node_changes keeps it. Instants are ms since the epoch. */
export interface NodeChange {
  node: string;
  atMs: number;
  fromState: NodeState;
  toState: NodeState;
  evidence: NodeEvidence;
  restarted: boolean;
  bootedAtMs: number | null;
  /** When it had last answered before the change. */
  lastAnswerAtMs: number | null;
}

/**
 * A time in which a node did not serve its clients. `lost`: it did not answer, from its last answer until it did again (null: still);
 * `restarted`: it was another life of the node at the next look, whose boot ends what the former held.
 */
export interface NodeIncident {
  node: string;
  kind: "lost" | "restarted";
  fromMs: number;
  /** When the watch saw it. */
  noticedMs: number;
  toMs: number | null;
}

// Then the watch says nothing of the node, only of itself.
const NOT_THE_NODE: ReadonlySet<NodeEvidence> = new Set(["not_asked", "watch_paused", "not_configured"]);

/** The incidents in changes, which are in order of time; of all nodes together, by when they began. */
export function incidentsOf(changes: readonly NodeChange[]): NodeIncident[] {
  const open = new Map<string, NodeIncident>();
  const found: NodeIncident[] = [];
  for (const change of changes) {
    const lost = open.get(change.node);
    if (change.toState === "up") {
      if (lost) lost.toMs = change.atMs;
      else if (change.restarted) found.push(restartOf(change));
      open.delete(change.node);
      continue;
    }
    if (lost || NOT_THE_NODE.has(change.evidence)) continue;
    const incident: NodeIncident = {
      node: change.node,
      kind: "lost",
      // A node is believed up for a few seconds after its last answer; what ended then ended with it.
      fromMs: change.fromState === "up" ? (change.lastAnswerAtMs ?? change.atMs) : change.atMs,
      noticedMs: change.atMs,
      toMs: null,
    };
    open.set(change.node, incident);
    found.push(incident);
  }
  return found.toSorted((a, b) => a.fromMs - b.fromMs);
}

const restartOf = (change: NodeChange): NodeIncident => ({
  node: change.node,
  kind: "restarted",
  fromMs: Math.min(change.lastAnswerAtMs ?? change.atMs, change.bootedAtMs ?? change.atMs),
  noticedMs: change.atMs,
  toMs: change.atMs,
});

// A node that comes and goes every few seconds for hours is told by its latest changes.
const MOST_CHANGES = 2_000;

/** Incidents that touch a span, and whether there were more than are read at once (then the latest are here). */
export async function readNodeIncidents(
  pool: Pool,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<{ incidents: NodeIncident[]; leftOut: boolean }> {
  const ms = (column: string) => `extract(epoch from ${column})::float8 * 1000`;
  const columns = `n.name as node, ${ms("k.at")} as "atMs", k.from_state as "fromState", k.to_state as "toState", k.evidence,
    k.restarted, ${ms("k.booted_at")} as "bootedAtMs", ${ms("k.last_answer_at")} as "lastAnswerAtMs"`;
  const { rows } = await pool.query<NodeChange>(
    `(select ${columns} from node_changes k join broker_nodes n using (node_id) where k.at >= $1 and k.at <= $2
        order by k.at desc limit $3)
     union all
     -- what each node was when the span began
     (select ${columns} from broker_nodes n cross join lateral (
        select * from node_changes k where k.node_id = n.node_id and k.at < $1 order by k.at desc limit 1) k)
     order by "atMs"`,
    [new Date(fromMs), new Date(toMs), MOST_CHANGES + 1],
  );
  const incidents = incidentsOf(rows).filter(({ toMs: endMs }) => endMs === null || endMs >= fromMs);
  return { incidents, leftOut: rows.filter(({ atMs }) => atMs >= fromMs).length > MOST_CHANGES };
}
