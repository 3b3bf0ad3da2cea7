import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { SweepReason } from "./schemas";

/** How far the store had drifted from the broker, as one node's latest complete sweep found it. */
export interface NodeDrift {
  node: string;
  sweptAt: string;
  rows: number;
  differences: number;
  /** Differences in which the broker then confirmed that the store was wrong; grows while doubts are being answered. */
  confirmed: number;
  /** Confirmed differences per 10 000 sessions swept; null when the node had none. */
  driftPer10000: number | null;
}

/** One sweep as a point of a chart. */
export interface DriftPoint {
  node: string;
  /** ms since the epoch. */
  at: number;
  reason: SweepReason | null;
  complete: boolean;
  rows: number;
  confirmed: number;
  /** Null where nothing was swept, or not completely: a gap. */
  driftPer10000: number | null;
}

// Six an hour and node; those asked for come on top.
const MOST_POINTS = 5_000;

/** What the sweeps of a span found, oldest first; of more than MOST_POINTS the latest, which `leftOut` says. */
export const readDriftSeries = readVerb({
  permission: "cluster.read",
  input: z.object({
    /** Inclusive. */
    from: z.coerce.date(),
    /** Exclusive. */
    to: z.coerce.date(),
  }),
  work: async (ctx, { from, to }): Promise<{ points: DriftPoint[]; leftOut: boolean }> => {
    const { rows } = await ctx.db.pool.query<Omit<DriftPoint, "driftPer10000">>(
      `select n.name as node, extract(epoch from s.started_at)::float8 * 1000 as at, s.reason, s.complete, s."rows", s.confirmed
       from presence_sweeps s join broker_nodes n using (node_id)
       where s.started_at >= $1 and s.started_at < $2 and s.finished_at is not null
       order by s.started_at desc limit $3`,
      [from, to, MOST_POINTS + 1],
    );
    const points = rows
      .slice(0, MOST_POINTS)
      .map((row) => ({ ...row, driftPer10000: row.complete ? driftOf(row) : null }))
      .toReversed();
    return { points, leftOut: rows.length > MOST_POINTS };
  },
});

const driftOf = ({ rows, confirmed }: { rows: number; confirmed: number }): number | null =>
  rows === 0 ? null : (confirmed / rows) * 10_000;

/** Drift by node, by name; a node never swept to the end is absent. */
export const readDrift = readVerb({
  permission: "cluster.read",
  input: z.object({}),
  work: async (ctx): Promise<NodeDrift[]> => {
    const { rows } = await ctx.db.pool.query<{
      node: string;
      started_at: Date;
      rows: number;
      differences: number;
      confirmed: number;
    }>(
      `select n.name as node, s.started_at, s."rows", s.differences, s.confirmed from broker_nodes n
       cross join lateral (select * from presence_sweeps s where s.node_id = n.node_id and s.complete order by s.started_at desc limit 1) s
       order by n.name`,
    );
    return rows.map((row) => ({
      node: row.node,
      sweptAt: row.started_at.toISOString(),
      rows: row.rows,
      differences: row.differences,
      confirmed: row.confirmed,
      driftPer10000: driftOf(row),
    }));
  },
});
