import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { Context } from "@/lib/rbac/context";
import { mostCommon } from "./list-nodes";
import { overviewOf } from "./read-overview";
import { SAMPLE_SECONDS, STALE_SECONDS } from "./terms";
import {
  positionOf,
  type ClusterNode,
  type NodeEvidence,
  type NodeRole,
  type NodeState,
  type Overview,
  type SeriesMetric,
} from "./schemas";
import { readLevels, type SeriesLevel } from "./series-levels";

/**
 * The overview as it was at a moment: each node's state then, from the record of its changes, and its figures, from the finest
 * level that still remembers. What was not kept of then (how a node saw its cluster beyond splits) is null or empty.
 * A moment in the future, or older than minutes are kept, is VALIDATION.
 */
export const readClusterAt = readVerb({
  permission: "cluster.read",
  input: z.object({ at: z.coerce.date() }),
  work: async (ctx, { at }): Promise<Overview> => {
    const level = await levelAt(ctx, at);
    // A minute's row is all of the minute: the moment shown is its end.
    const last = level.stepSeconds === SAMPLE_SECONDS ? at : new Date(Math.floor(at.getTime() / 60_000) * 60_000);
    const rows = await readNodes(ctx, { at, last, level });
    const sampled = rows.flatMap((row) => (row.sampled_at ? [row.sampled_at.getTime()] : []));
    const sampledAt = sampled.length > 0 ? new Date(Math.max(...sampled)) : null;
    const common = mostCommon(rows.flatMap((row) => row.version ?? []));
    const list = {
      nodes: rows.map((row) => asNode(row, common)),
      membership: { notConfigured: [], notInCluster: [] },
      watch: sampledAt ? ({ status: "watching" } as const) : ({ status: "not_started" } as const),
      at: at.toISOString(),
    };
    return overviewOf(ctx, { list, sampledAt, level });
  },
});

async function levelAt(ctx: Context, at: Date): Promise<SeriesLevel> {
  const ageSeconds = (ctx.now().getTime() - at.getTime()) / 1000;
  if (ageSeconds < 0) throw new AppError("VALIDATION", "at: is in the future");
  // The hour before the moment is shown too.
  const levels = (await readLevels(ctx.db.pool)).filter((level) => level.stepSeconds <= 60);
  const level = levels.find((each) => each.keepSeconds >= ageSeconds + 3_600);
  if (level) return level;
  const days = Math.floor(Math.max(0, ...levels.map((each) => each.keepSeconds)) / 86_400);
  throw new AppError(
    "VALIDATION",
    sentence("at: older than {days} days, for which the page can be shown as it was", { days }),
  );
}

interface Row {
  name: string;
  role: NodeRole;
  state: NodeState;
  evidence: NodeEvidence;
  since: Date | null;
  booted_at: Date | null;
  split_since: Date | null;
  away_from: string[] | null;
  version: string | null;
  sampled_at: Date | null;
  connections: number | null;
  sessions: number | null;
  scheduler: number | null;
  memory: number | null;
}

async function readNodes(ctx: Context, of: { at: Date; last: Date; level: SeriesLevel }): Promise<Row[]> {
  const isRaw = of.level.stepSeconds === SAMPLE_SECONDS;
  const values = isRaw ? `"values"` : "average";
  // A minute's row tells of it until its last moment; bins of the hour that ends then begin where the rows do.
  const sampledAt = isRaw ? "s.at" : "s.at + interval '1 minute' - interval '1 millisecond'";
  const place = (name: SeriesMetric): string => `s.v[${positionOf(name)}]`;
  // The latest sample within what counts as the present; of a roll-up, the minute that ended last.
  const sample = isRaw
    ? `at > $2::timestamptz - make_interval(secs => ${STALE_SECONDS}) and at <= $2`
    : `at >= $2::timestamptz - interval '1 minute' and at < $2`;
  const { rows } = await ctx.db.pool.query<Row>(
    // Before the first change that is kept, the state was what that change came from; without any, what it is now.
    `select n.name, n.role, coalesce(b.to_state, a.from_state, n.state) as state,
       coalesce(b.evidence, case when a.from_state is null then n.evidence when a.from_state = 'up' then 'answers' else 'no_answer' end) as evidence,
       coalesce(b.at, case when a.at is null then n.state_since end) as since,
       coalesce(b.booted_at, case when n.booted_at <= $1 then n.booted_at end) as booted_at,
       x.began_at as split_since, x.away_from, w.version,
       ${sampledAt} as sampled_at, ${place("connections")} as connections, ${place("sessions")} as sessions,
       ${place("scheduler_utilization")} as scheduler, ${place("vm_memory_bytes")} as memory
     from broker_nodes n
     left join lateral (select * from node_changes c where c.node_id = n.node_id and c.at <= $1 order by c.at desc limit 1) b on true
     left join lateral (select * from node_changes c where c.node_id = n.node_id and c.at > $1 order by c.at limit 1) a on true
     left join node_splits x on x.node_id = n.node_id and x.began_at <= $1 and (x.ended_at is null or x.ended_at > $1)
     left join lateral (select version from node_versions v where v.node_id = n.node_id and v.since <= $1 order by v.since desc limit 1) w on true
     left join lateral (select at, ${values} as v from ${of.level.table} r
       where r.node_id = n.node_id and ${sample} order by at desc limit 1) s on true
     where coalesce(b.evidence, n.evidence) <> 'not_configured' or s.at is not null
     order by n.role desc, n.name limit 64`,
    [of.at, of.last],
  );
  return rows;
}

const asNode = (row: Row, commonVersion: string | null): ClusterNode => ({
  name: row.name,
  role: row.role,
  state: row.state,
  evidence: row.evidence,
  since: (row.since ?? row.booted_at ?? row.sampled_at ?? new Date(0)).toISOString(),
  bootedAt: row.booted_at?.toISOString() ?? null,
  lastAnswerAt: row.sampled_at?.toISOString() ?? null,
  version: row.version,
  hasOtherVersion: row.version !== null && row.version !== commonVersion,
  brokerName: null,
  split: row.split_since && { since: row.split_since.toISOString(), awayFrom: row.away_from ?? [] },
  scrapeFault: null,
  missingHooks: [],
  lostAt: null,
  sample: row.sampled_at && {
    at: row.sampled_at.toISOString(),
    connections: row.connections,
    sessions: row.sessions,
    schedulerPercent: row.scheduler,
    vmMemoryBytes: row.memory,
  },
});
