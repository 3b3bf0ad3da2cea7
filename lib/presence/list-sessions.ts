import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { clientKeyOf } from "./client-key";
import { readSessions, type SessionRow } from "./read-sessions";
import { listSessionsSchema, type EndedSession, type SessionHistory } from "./schemas";
import { sumSessions } from "./sum-sessions";

// More than this are too narrow to be told apart on a strip.
const MOST_DRAWN = 400;
// A client that connects every two minutes for a month; beyond it the answer says since when it is complete.
const MOST_SUMMED = 25_000;

/** Sessions of a client in a span, one by one or summed into columns; the open one is in `getClient`. */
export const listSessions = readVerb({
  permission: "presence.read",
  input: listSessionsSchema,
  work: async (ctx, input): Promise<SessionHistory> => {
    const from = new Date(input.from);
    const to = input.to ? new Date(input.to) : ctx.now();
    const { before, sessions, leftOut } = await readSessions(ctx.db.pool, {
      clientKey: clientKeyOf(input.clientId),
      from,
      to,
      limit: MOST_SUMMED,
    });
    if (sessions.length <= MOST_DRAWN)
      return { detail: "sessions", sessions: [...(before ? [before] : []), ...sessions].map(toSession) };
    const [first, last] = [sessions[0], sessions.at(-1)];
    const [fromMs, toMs] = [from.getTime(), to.getTime()];
    return {
      detail: "columns",
      columns: sumSessions(sessions, { before: leftOut ? null : before, fromMs, toMs, count: input.columns }),
      columnMs: (toMs - fromMs) / input.columns,
      from: from.toISOString(),
      sessions: sessions.length,
      onlySince: leftOut && first ? iso(first.startedMs) : null,
      last: last ? toSession(last) : null,
    };
  },
  audit: (input) => ({
    action: "presence.listSessions",
    subjectKind: "client",
    subjectId: input.clientId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});

const iso = (ms: number): string => new Date(ms).toISOString();

const toSession = ({ node, startedMs, endedMs, ending, reason, endedBy }: SessionRow): EndedSession => ({
  node,
  startedAt: iso(startedMs),
  endedAt: iso(endedMs),
  ending,
  reason: reason ?? (ending === "taken_over" ? "taken_over" : null),
  endedBy,
});
