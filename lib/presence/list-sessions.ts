import { readVerb } from "@/lib/audit/verb";
import { clientKeyOf } from "./client-key";
import { listSessionsSchema, type EndedSession } from "./schemas";

/** Sessions of a client that ended at or after an instant, oldest first; the open one is in `getClient`. */
export const listSessions = readVerb({
  permission: "presence.read",
  input: listSessionsSchema,
  work: async (ctx, input): Promise<{ sessions: EndedSession[]; truncated: boolean }> => {
    const { rows } = await ctx.db.pool.query<{
      node: string;
      started_at: Date;
      ended_at: Date;
      ending: EndedSession["ending"];
      reason: EndedSession["reason"];
      ended_by: string | null;
    }>(
      // The last one before it is read too: it says what the time until the first session was.
      `(select n.name as node, s.started_at, s.ended_at, s.ending, s.reason, s.ended_by from sessions s join broker_nodes n using (node_id)
          where s.client_key = $1 and s.ended_at < $2 order by s.ended_at desc limit 1)
       union all
       (select n.name, s.started_at, s.ended_at, s.ending, s.reason, s.ended_by from sessions s join broker_nodes n using (node_id)
          where s.client_key = $1 and s.ended_at >= $2 order by s.ended_at desc limit $3)`,
      [clientKeyOf(input.clientId), input.from, input.limit + 1],
    );
    const sessions = rows
      .toSorted((a, b) => a.ended_at.getTime() - b.ended_at.getTime())
      .map((row) => ({
        node: row.node,
        startedAt: row.started_at.toISOString(),
        endedAt: row.ended_at.toISOString(),
        ending: row.ending,
        reason: row.reason ?? (row.ending === "taken_over" ? "taken_over" : null),
        endedBy: row.ended_by,
      }));
    const truncated = sessions.length > input.limit + 1;
    return { sessions: truncated ? sessions.slice(-input.limit) : sessions, truncated };
  },
  audit: (input) => ({ action: "presence.listSessions", subjectKind: "client", subjectId: input.clientId }),
});
