import { z } from "zod";
import { readAlertSpans, type AlertSpan } from "@/lib/alerts/read-alert-spans";
import { readVerb } from "@/lib/audit/verb";
import { readNodeIncidents } from "@/lib/cluster/node-incidents";
import { listMarks } from "@/lib/cluster/list-marks";
import { readWaves, type EndingWave } from "@/lib/presence/ending-waves";
import { can } from "@/lib/rbac/actor";

/** What befell the cluster in a span; `from` and `until` are ISO 8601 in UTC, `until` null where it goes on. */
export type ClusterIncident = { from: string; until: string | null } & (
  | { kind: "lost" | "restarted"; node: string }
  /** The node was up and did not see these. */
  | { kind: "split"; node: string; awayFrom: string[] }
  /** Far more sessions ended than in a usual minute; node null: everywhere together. `endings` of all its minutes. */
  | { kind: "wave"; node: string | null; endings: number; usual: number }
  /** What a rule found: of nodes, and of the rest for who may see alerts. */
  | ({ kind: "alert" } & Omit<AlertSpan, "from" | "until">)
);

export interface ListIncidentsResult {
  /** By when they began. */
  incidents: ClusterIncident[];
  /** There are more in the span; the latest are given. */
  leftOut: boolean;
}

const MINUTE_MS = 60_000;
// More than one lane can show; a log spans hours.
const MOST = 200;

/** Times in which nodes were lost, restarted or apart, waves of endings, and alerts, that touch a span, both ends inclusive. */
export const listIncidents = readVerb({
  permission: "cluster.read",
  input: z.object({ from: z.coerce.date(), to: z.coerce.date() }),
  work: async (ctx, { from, to }): Promise<ListIncidentsResult> => {
    const span = { fromMs: from.getTime(), toMs: to.getTime() };
    const [nodes, { splits, truncated }, waves, alerts] = await Promise.all([
      readNodeIncidents(ctx.db.pool, span),
      listMarks(ctx, { from, to }),
      readWaves(ctx.db.pool, span),
      readAlertSpans(ctx, { from, to, which: can(ctx.actor, "alerts.read") ? "all" : "ofNodes", most: MOST }),
    ]);
    const all: ClusterIncident[] = [
      ...nodes.incidents.map(({ kind, node, fromMs, toMs }) => ({
        kind,
        node,
        from: iso(fromMs),
        until: isoOrNull(toMs),
      })),
      ...splits.map((split) => ({ kind: "split" as const, ...split })),
      ...joinWaves(waves),
      ...alerts.map((alert) => ({ kind: "alert" as const, ...alert })),
    ].toSorted((a, b) => a.from.localeCompare(b.from));
    return { incidents: all.slice(-MOST), leftOut: nodes.leftOut || truncated || all.length > MOST };
  },
});

/** Waves of minutes that follow one another are one. */
function joinWaves(waves: readonly EndingWave[]): Extract<ClusterIncident, { kind: "wave" }>[] {
  const joined: { node: string | null; fromMs: number; toMs: number; endings: number; usual: number }[] = [];
  for (const { node, minuteMs, endings, usual } of waves.toSorted((a, b) => a.minuteMs - b.minuteMs)) {
    const before = joined.findLast((one) => one.node === node);
    if (before?.toMs === minuteMs)
      Object.assign(before, { toMs: minuteMs + MINUTE_MS, endings: before.endings + endings });
    else joined.push({ node, fromMs: minuteMs, toMs: minuteMs + MINUTE_MS, endings, usual });
  }
  return joined.map(({ fromMs, toMs, ...wave }) => ({ kind: "wave", ...wave, from: iso(fromMs), until: iso(toMs) }));
}

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
