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

type Columns = [number, number, number, SessionEnding, string | null, EndingReason | null, string | null];

// Not extract(): it computes in numeric, which is felt over the twenty thousand rows of a long span.
const MS = (column: string): string => `date_part('epoch', ${column}) * 1000`;
// Names of nodes are joined here, not there: planning a join over every day's partition costs more than reading the rows.
const SELECT = `select node_id, ${MS("started_at")}, ${MS("ended_at")}, ending, peer_address, reason, ended_by from sessions
  where client_key = $1`;

const DAY_MS = 86_400_000;
// How far back the one before is looked for, in steps: nearly always it is in the first, which opens three partitions, not four hundred.
const BACK_DAYS = [2, 30, 401] as const;

/**
 * The ended sessions of a client that touch a span, oldest first, at most `limit` of those that ended in it (the latest), with the one
 * before the span. `leftOut`: there were more.
 */
export async function readSessions(
  pool: Pool,
  asked: { clientKey: string; from: Date; to: Date; limit: number },
): Promise<{ before: SessionRow | null; sessions: SessionRow[]; leftOut: boolean }> {
  const { clientKey, from, to, limit } = asked;
  const read = await reader(pool, clientKey);
  const [inside, after, before] = await Promise.all([
    // In no order: putting four hundred days in order costs the database more than it costs us.
    read("and ended_at >= $2 and ended_at < $3 limit $4", [from, to, limit + 1]),
    read("and ended_at >= $2 order by ended_at limit 1", [to]),
    findBefore(read, from),
  ]);
  const leftOut = inside.length > limit;
  const latest = leftOut
    ? await read("and ended_at >= $2 and ended_at < $3 order by ended_at desc limit $4", [from, to, limit])
    : inside;
  const sessions = [...latest, ...after.filter(({ startedMs }) => startedMs < to.getTime())];
  return { before, sessions: sessions.toSorted((a, b) => a.endedMs - b.endedMs), leftOut };
}

/** Of a client's ended sessions, the last that had ended by a moment, and the first that ended after it: that of the moment, or the next. */
export async function readSessionsAround(
  pool: Pool,
  { clientKey, at }: { clientKey: string; at: Date },
): Promise<{ before: SessionRow | null; after: SessionRow | null }> {
  const read = await reader(pool, clientKey);
  // One that ended just now is before, as its end is the first moment without it.
  const later = new Date(at.getTime() + 1);
  const [[after = null], before] = await Promise.all([
    read("and ended_at >= $2 order by ended_at limit 1", [later]),
    findBefore(read, later),
  ]);
  return { before, after };
}

type Read = (where: string, values: readonly unknown[]) => Promise<SessionRow[]>;

async function reader(pool: Pool, clientKey: string): Promise<Read> {
  const nodes = await pool.query<{ node_id: number; name: string }>("select node_id, name from broker_nodes");
  const names = new Map(nodes.rows.map((row) => [row.node_id, row.name]));
  return async (where, values) => {
    const text = `${SELECT} ${where}`;
    const { rows } = await pool.query<Columns>({ text, values: [clientKey, ...values], rowMode: "array" });
    return rows.map(([nodeId, startedMs, endedMs, ending, peerAddress, reason, endedBy]) => ({
      node: names.get(nodeId) ?? "?",
      startedMs,
      endedMs,
      ending,
      peerAddress,
      reason,
      endedBy,
    }));
  };
}

async function findBefore(read: Read, from: Date): Promise<SessionRow | null> {
  let upper = from;
  for (const days of BACK_DAYS) {
    const lower = new Date(from.getTime() - days * DAY_MS);
    const [row] = await read("and ended_at >= $2 and ended_at < $3 order by ended_at desc limit 1", [lower, upper]);
    if (row) return row;
    upper = lower;
  }
  return null;
}
