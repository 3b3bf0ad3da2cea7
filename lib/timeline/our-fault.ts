import type { NodeIncident } from "@/lib/cluster/node-incidents";
import type { EndingWave } from "@/lib/presence/ending-waves";
import type { EndingReason } from "@/lib/presence/schemas";
import type { OurFault } from "./schemas";

/** What is known of an ending; ms since the epoch. */
export interface Ending {
  node: string;
  startedMs: number;
  endedMs: number;
  reason: EndingReason | null;
}

// A phone of a lost node is back elsewhere within its back-off (a minute at most: contract 1), and only then its session ends here.
const COME_BACK_MS = 120_000;
const MINUTE_MS = 60_000;

/** Endings that have a reason of their own, whatever else happened in that minute. */
const EXPLAINED: ReadonlySet<EndingReason> = new Set([
  "disconnected",
  "blocked",
  "revoked",
  "token_expired",
  "session_expired",
]);

/**
 * Whether an ending was ours: its node stopped serving while the session was on it, and it ended before the node was well again or
 * shortly after; else whether it was one of a wave. A node's own incident says more than a wave, its own wave more than one
 * everywhere. Null: nothing of ours is known, which is not proof that it was theirs.
 */
export function ourFault(
  ending: Ending,
  known: { incidents: readonly NodeIncident[]; waves: readonly EndingWave[] },
): OurFault | null {
  if (ending.reason && EXPLAINED.has(ending.reason)) return null;
  const incident = known.incidents.findLast(
    ({ node, fromMs, toMs }) =>
      node === ending.node &&
      fromMs >= ending.startedMs &&
      fromMs <= ending.endedMs &&
      (toMs === null || ending.endedMs <= toMs + COME_BACK_MS),
  );
  if (incident) return faultOf(incident);
  const wave = known.waves
    .filter(({ node, minuteMs }) => (node === null || node === ending.node) && inMinute(ending.endedMs, minuteMs))
    .toSorted((a, b) => Number(a.node === null) - Number(b.node === null))[0];
  return wave
    ? { kind: "wave", node: wave.node, at: iso(wave.minuteMs), endings: wave.endings, usual: wave.usual }
    : null;
}

/** An incident in the words of a fault. */
export const faultOf = (incident: NodeIncident): OurFault =>
  incident.kind === "lost"
    ? {
        kind: "node_lost",
        node: incident.node,
        at: iso(incident.noticedMs),
        until: incident.toMs === null ? null : iso(incident.toMs),
      }
    : { kind: "node_restarted", node: incident.node, at: iso(incident.noticedMs) };

const inMinute = (at: number, minuteMs: number): boolean => at >= minuteMs && at < minuteMs + MINUTE_MS;
const iso = (ms: number): string => new Date(ms).toISOString();
