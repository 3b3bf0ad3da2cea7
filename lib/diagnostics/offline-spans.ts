import { clientKeyOf } from "@/lib/presence/client-key";
import { readSessions } from "@/lib/presence/read-sessions";
import type { Context } from "@/lib/rbac/context";
import type { Span } from "./log/place-gaps";

// A phone that flaps more often than this in the time of one log is drawn by its latest sessions.
const MOST_SESSIONS = 2_000;
// A change of network; nothing to draw or to tell.
const SHORTEST_MS = 15_000;

/** What our own record says of a client within a span. */
export interface PresenceSpans {
  /** When it had no session. */
  offline: Span[];
  /** When its first known session began: of what was before nobody knows. Null: no session is known. */
  knownFromMs: number | null;
}

/** When a client had no session within a span. A machine read: the log's verb had the permission. */
export const readOfflineSpans = async (ctx: Context, clientId: string, span: Span): Promise<Span[]> =>
  (await readPresenceSpans(ctx, clientId, span)).offline;

/** As `readOfflineSpans`, and since when anything is known. */
export async function readPresenceSpans(
  ctx: Context,
  clientId: string,
  { fromMs, toMs }: Span,
): Promise<PresenceSpans> {
  const clientKey = clientKeyOf(clientId);
  const [{ before, sessions }, open] = await Promise.all([
    readSessions(ctx.db.pool, { clientKey, from: new Date(fromMs), to: new Date(toMs), limit: MOST_SESSIONS }),
    ctx.db.pool.query<{ started_ms: number }>(
      "select (ver >> 2) / 1000.0::float8 as started_ms from presence where client_key = $1 and ver & 3 = 0",
      [clientKey],
    ),
  ]);
  const known: Span[] = [...(before ? [before] : []), ...sessions].map((session) => ({
    fromMs: session.startedMs,
    toMs: session.endedMs,
  }));
  for (const { started_ms } of open.rows) known.push({ fromMs: started_ms, toMs: Math.max(toMs, started_ms) });
  return {
    offline: between(known, { fromMs, toMs }),
    knownFromMs: known.length === 0 ? null : Math.min(...known.map((session) => session.fromMs)),
  };
}

/** What lies between sessions, and after the last of them, within a span. */
function between(sessions: readonly Span[], { fromMs, toMs }: Span): Span[] {
  const inOrder = sessions.toSorted((a, b) => a.fromMs - b.fromMs);
  const first = inOrder[0];
  if (!first) return [];
  const spans: Span[] = [];
  let reachedMs = first.toMs;
  for (const session of [...inOrder.slice(1), { fromMs: toMs, toMs }]) {
    const span = { fromMs: Math.max(reachedMs, fromMs), toMs: Math.min(session.fromMs, toMs) };
    if (span.toMs - span.fromMs >= SHORTEST_MS) spans.push(span);
    reachedMs = Math.max(reachedMs, session.toMs);
  }
  return spans;
}
