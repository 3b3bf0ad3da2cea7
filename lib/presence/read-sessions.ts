import type { Pool } from "pg";
import type { EndingReason, SessionEnding } from "./schemas";

/** An ended session in numbers (ms since the epoch), as pure functions on history take them. */
export interface SessionRow {
  node: string;
  startedMs: number;
  endedMs: number;
  ending: SessionEnding;
  peerAddress: string | null;
  reason: EndingReason | null;
  endedBy: string | null;
}

type Columns = [string, number, number, SessionEnding, string | null, EndingReason | null, string | null];

const MS = (column: string): string => `extract(epoch from ${column})::float8 * 1000`;
const COLUMNS = `n.name, ${MS("s.started_at")}, ${MS("s.ended_at")}, s.ending, s.peer_address, s.reason, s.ended_by`;
const FROM = "from sessions s join broker_nodes n using (node_id) where s.client_key = $1";

// Every part is a range of the index (client_key, ended_at) within the days it names; instants are compared, never computed on.
const SESSIONS = `
(select ${COLUMNS}, s.ended_at ${FROM} and s.ended_at < $2 order by s.ended_at desc limit 1)
union all
(select ${COLUMNS}, s.ended_at ${FROM} and s.ended_at >= $2 and s.ended_at < $3 order by s.ended_at desc limit $4)
union all
(select ${COLUMNS}, s.ended_at ${FROM} and s.ended_at >= $3 order by s.ended_at limit 1)
order by ended_at`;

/**
 * The ended sessions of a client that touch a span, oldest first, at most `limit` of those that ended in it (the latest), with the one
 * before the span. `leftOut`: there were more.
 */
export async function readSessions(
  pool: Pool,
  asked: { clientKey: string; from: Date; to: Date; limit: number },
): Promise<{ before: SessionRow | null; sessions: SessionRow[]; leftOut: boolean }> {
  const { rows } = await pool.query<Columns>({
    text: SESSIONS,
    values: [asked.clientKey, asked.from, asked.to, asked.limit + 1],
    rowMode: "array",
  });
  const all = rows.map(([node, startedMs, endedMs, ending, peerAddress, reason, endedBy]) => ({
    node,
    startedMs,
    endedMs,
    ending,
    peerAddress,
    reason,
    endedBy,
  }));
  const [fromMs, toMs] = [asked.from.getTime(), asked.to.getTime()];
  const before = all.findLast((row) => row.endedMs < fromMs) ?? null;
  const touching = all.filter((row) => row.endedMs >= fromMs && row.startedMs < toMs);
  const leftOut = all.filter((row) => row.endedMs >= fromMs && row.endedMs < toMs).length > asked.limit;
  return { before, sessions: leftOut ? touching.slice(1) : touching, leftOut };
}
