import type { Pool } from "pg";
import { readNodeIncidents, type NodeIncident } from "@/lib/cluster/node-incidents";
import { readWaves } from "@/lib/presence/ending-waves";
import { readSessions } from "@/lib/presence/read-sessions";
import { startUsOf } from "@/lib/presence/version";
import { faultOf, ourFault } from "./our-fault";
import type { TimelineEntry } from "./schemas";

interface Page {
  clientKey: string;
  /** Newest first, all of the span. */
  entries: readonly TimelineEntry[];
  /** ms since the epoch. */
  span: { fromMs: number; toMs: number };
}

// A page's own sessions are fewer; this is for pages of other things that span very long.
const MOST_SESSIONS = 2_000;

/** The page with its endings that were ours marked, and the incidents of nodes the client was on in between. */
export async function weaveFaults(
  pool: Pool,
  { clientKey, entries, span }: Page,
): Promise<{ entries: TimelineEntry[]; incidentsLeftOut: boolean }> {
  const ends = entries.flatMap((entry) => (entry.what === "ended" ? [Date.parse(entry.at) - entry.lastedMs] : []));
  // An ending of this page may be of an incident that began before the page does.
  const fromMs = Math.min(span.fromMs, ...ends);
  const [{ incidents, leftOut }, waves] = await Promise.all([
    readNodeIncidents(pool, { fromMs, toMs: span.toMs }),
    readWaves(pool, { fromMs, toMs: span.toMs }),
  ]);
  const marked = entries.map((entry): TimelineEntry => {
    if (entry.what !== "ended") return entry;
    const endedMs = Date.parse(entry.at);
    const { node, reason, lastedMs } = entry;
    return { ...entry, ours: ourFault({ node, reason, startedMs: endedMs - lastedMs, endedMs }, { incidents, waves }) };
  });
  const inSpan = incidents.filter(({ noticedMs }) => noticedMs > span.fromMs && noticedMs <= span.toMs);
  const felt = inSpan.length === 0 ? [] : await feltBy(pool, { clientKey, incidents: inSpan, span });
  const all = [...marked, ...felt.map(incidentEntry)];
  return {
    entries: all.toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1)),
    incidentsLeftOut: leftOut,
  };
}

const incidentEntry = (incident: NodeIncident): TimelineEntry => ({
  what: "incident",
  key: `i${incident.node}${incident.noticedMs}`,
  at: new Date(incident.noticedMs).toISOString(),
  fault: faultOf(incident),
});

/** The incidents that began while the client had a session on their node. */
async function feltBy(
  pool: Pool,
  { clientKey, incidents, span }: { clientKey: string; incidents: readonly NodeIncident[]; span: Page["span"] },
): Promise<NodeIncident[]> {
  const [{ sessions }, open] = await Promise.all([
    readSessions(pool, {
      clientKey,
      from: new Date(Math.max(0, Math.min(...incidents.map(({ fromMs }) => fromMs)))),
      to: new Date(span.toMs),
      limit: MOST_SESSIONS,
    }),
    pool.query<{ ver: number; node: string }>(
      "select p.ver, n.name as node from presence p join broker_nodes n using (node_id) where p.client_key = $1 and p.ver & 3 = 0",
      [clientKey],
    ),
  ]);
  const held = [
    ...sessions,
    ...open.rows.map(({ ver, node }) => ({
      node,
      startedMs: startUsOf(ver) / 1_000,
      endedMs: Number.POSITIVE_INFINITY,
    })),
  ];
  return incidents.filter(({ node, fromMs }) =>
    held.some((session) => session.node === node && session.startedMs <= fromMs && session.endedMs >= fromMs),
  );
}
