import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { asMark } from "./mark-cluster";
import type { ClusterMark, NodeState } from "./schemas";

// More lines than a chart can hold.
const MOST = 500;

/** What stands on the charts as lines: marks people and services made, and what happened to nodes by itself. */
export interface ClusterMarks {
  marks: ClusterMark[];
  /** A change of a node's state, or its restart. ISO times. */
  nodeChanges: { at: string; node: string; from: NodeState; to: NodeState; restarted: boolean }[];
  /** `until` null: it goes on. */
  splits: { from: string; until: string | null; node: string; awayFrom: string[] }[];
  /** There are more in the range; the latest are given. */
  truncated: boolean;
}

/** Marks and incidents between `from` (inclusive) and `to` (exclusive), oldest first; splits that overlap the range. */
export const listMarks = readVerb({
  permission: "cluster.read",
  input: z.object({ from: z.coerce.date(), to: z.coerce.date() }),
  work: async (ctx, { from, to }): Promise<ClusterMarks> => {
    const { pool } = ctx.db;
    const [marks, changes, splits] = await Promise.all([
      pool.query<Parameters<typeof asMark>[0]>(
        `select id, at, kind, title, marked_by_name from cluster_marks where at >= $1 and at < $2 order by at desc limit ${MOST}`,
        [from, to],
      ),
      pool.query<{ at: Date; name: string; from_state: NodeState; to_state: NodeState; restarted: boolean }>(
        `select c.at, n.name, c.from_state, c.to_state, c.restarted from node_changes c join broker_nodes n using (node_id)
         where c.at >= $1 and c.at < $2 order by c.at desc limit ${MOST}`,
        [from, to],
      ),
      pool.query<{ began_at: Date; ended_at: Date | null; name: string; away_from: string[] }>(
        `select s.began_at, s.ended_at, n.name, s.away_from from node_splits s join broker_nodes n using (node_id)
         where s.began_at < $2 and (s.ended_at is null or s.ended_at >= $1) order by s.began_at desc limit ${MOST}`,
        [from, to],
      ),
    ]);
    return {
      marks: marks.rows.map(asMark).toReversed(),
      nodeChanges: changes.rows
        .map((row) => ({
          at: row.at.toISOString(),
          node: row.name,
          from: row.from_state,
          to: row.to_state,
          restarted: row.restarted,
        }))
        .toReversed(),
      splits: splits.rows
        .map((row) => ({
          from: row.began_at.toISOString(),
          until: row.ended_at?.toISOString() ?? null,
          node: row.name,
          awayFrom: row.away_from,
        }))
        .toReversed(),
      truncated: [marks, changes, splits].some(({ rows }) => rows.length === MOST),
    };
  },
});
