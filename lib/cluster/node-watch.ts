import type { NodeEvidence, NodeState } from "./schemas";

/** What one look at a node gave. `answered`: alive, and since when is known; `unreadable`: alive, but not since when. */
export type Observation = "answered" | "unreadable" | "refused" | "no_answer" | "wrong_answer";

/**
 * The watch of one node.
 * States: up, silent (does not answer: its clients are unknown), down (refuses connections, so nothing runs there).
 * Moved by: one answer → up, but only when its uptime was read too, so that sessions of an earlier life are never shown as
 * online; two misses in a row → silent, or down when both were refusals.
 * Trades up to four seconds of a dead node shown as up for not calling one lost packet an incident.
 */
export interface WatchedNode {
  state: NodeState;
  evidence: NodeEvidence;
  /** The last two misses in a row, newest last; empty after an answer. */
  misses: readonly Exclude<Observation, "answered" | "unreadable">[];
}

/** How a node is seen before it was asked. */
export const notAsked = (state: NodeState, evidence: NodeEvidence): WatchedNode => ({ state, evidence, misses: [] });

export function nextWatch(node: WatchedNode, seen: Observation): WatchedNode {
  if (seen === "answered") return { state: "up", evidence: "answers", misses: [] };
  if (seen === "unreadable") return { state: node.state, evidence: "metrics_unreadable", misses: [] };
  const misses = [...node.misses, seen].slice(-2);
  if (misses.length < 2) return { ...node, misses };
  const refusals = misses.filter((miss) => miss === "refused").length;
  if (refusals === 2) return { state: "down", evidence: "refused", misses };
  // One refusal among time-outs is not proof of either; a node already known to be not up stays what it is.
  if (refusals === 1 && node.state !== "up") return { ...node, misses };
  return { state: "silent", evidence: seen, misses };
}
