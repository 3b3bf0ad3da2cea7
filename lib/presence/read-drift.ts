import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";

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
      driftPer10000: row.rows === 0 ? null : (row.confirmed / row.rows) * 10_000,
    }));
  },
});
