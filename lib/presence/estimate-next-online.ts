import type { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import type { Context } from "@/lib/rbac/context";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_STATE } from "./effective-state";
import { readSessions } from "./read-sessions";
import { estimateNextOnlineSchema, type NextOnlineResult, type OnlineSpan } from "./schemas";
import { MOST_DAYS, nextOnline, usualHours, type Past } from "./usual-hours";
import { startUsOf } from "./version";

const DAY_MS = 86_400_000;
// One connect every four minutes of four weeks; of a client that flaps more, only the latest days are known.
const MOST_SESSIONS = 10_000;

/**
 * When a client that is offline will probably be online again, and the hours it usually is, from its own last four weeks by the clock
 * of a zone. Says when there is too little history to tell. A client never heard of has none.
 */
export const estimateNextOnline = readVerb({
  permission: "presence.read",
  input: estimateNextOnlineSchema,
  work: findNextOnline,
  audit: (input) => ({
    action: "presence.estimateNextOnline",
    subjectKind: "client",
    subjectId: input.clientId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});

/** What `estimateNextOnline` answers, for processes and for verbs that have checked a permission. */
export async function findNextOnline(
  ctx: Context,
  { clientId, timeZone }: z.output<typeof estimateNextOnlineSchema>,
): Promise<NextOnlineResult> {
  const clientKey = clientKeyOf(clientId);
  const now = ctx.now();
  const from = new Date(now.getTime() - (MOST_DAYS + 2) * DAY_MS);
  const [{ sessions, leftOut }, { rows }] = await Promise.all([
    readSessions(ctx.db.pool, { clientKey, from, to: now, limit: MOST_SESSIONS }),
    ctx.db.pool.query<{ ver: number | null; state: string | null; first_seen_at: Date }>(
      `select p.ver, case when p.ver is not null then ${EFFECTIVE_STATE} end as state, c.first_seen_at
       from clients c left join presence p using (client_key) left join broker_nodes n using (node_id) where c.client_key = $1`,
      [clientKey],
    ),
  ]);
  const [client] = rows;
  const known: OnlineSpan[] = sessions.map(({ startedMs, endedMs }) => ({ from: startedMs, to: endedMs }));
  const isOnline = client?.state === "online";
  const spans = isOnline && client.ver ? [...known, { from: startUsOf(client.ver) / 1_000, to: now.getTime() }] : known;
  const since = Math.max(
    from.getTime(),
    client?.first_seen_at.getTime() ?? now.getTime(),
    leftOut ? (known[0]?.from ?? 0) : 0,
  );
  const past: Past = { spans, since, now: now.getTime(), offsetAt: offsetsOf(timeZone) };
  return { next: isOnline ? { status: "online" } : nextOnline(past), usual: usualHours(past) };
}

/** How far a zone is ahead of UTC at an instant, ms; asked of Intl once an hour of the past. */
function offsetsOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const known = new Map<number, number>();
  return (at) => {
    const hour = Math.floor(at / 3_600_000);
    const found = known.get(hour) ?? readOffset(format.formatToParts(at));
    known.set(hour, found);
    return found;
  };
}

/** From "GMT+07:00"; "GMT" alone is none. */
function readOffset(parts: readonly Intl.DateTimeFormatPart[]): number {
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}
