import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { clientKeyOf } from "@/lib/presence/client-key";
import { listTimelineSchema, type ListTimelineResult, type TimelineEntry, type TimelineKind } from "./schemas";

/** One client's story, newest first: sessions, refusals, questions to the broker, messages to it, log requests. A read-only union; nobody writes into it. */
export const listTimeline = readVerb({
  permission: "timeline.read",
  input: listTimelineSchema,
  work: async (ctx, input): Promise<ListTimelineResult> => {
    const before = readCursor(input.cursor);
    const sources = input.kind ? SOURCES[input.kind] : Object.values(SOURCES).flat();
    const { rows } = await ctx.db.pool.query<{ key: string; at_us: number; body: object }>(unionSql(sources), [
      clientKeyOf(input.clientId),
      input.clientId,
      before.atUs,
      before.key,
      input.limit + 1,
    ]);
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1) : undefined;
    return {
      entries: shown.map((row) => toEntry(row)),
      nextCursor: last ? Buffer.from(JSON.stringify([last.at_us, last.key])).toString("base64url") : null,
    };
  },
  audit: (input) => ({ action: "timeline.listTimeline", subjectKind: "client", subjectId: input.clientId }),
});

/** One kind of entry: where it is read, the instant it is ordered by, and its body, in the words of TimelineEntry. */
interface Source {
  from: string;
  at: string;
  key: string;
  body: string;
}

// Instants are compared in µs, as PostgreSQL keeps them: a cursor in ms would skip or repeat.
const us = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`;

const SOURCES: Record<TimelineKind, readonly Source[]> = {
  connection: [
    {
      from: "sessions s join broker_nodes n using (node_id) where s.client_key = $1",
      at: "s.started_at",
      key: `'c' || ${us("s.started_at")}`,
      body: "'what', 'connected', 'node', n.name, 'peerAddress', s.peer_address",
    },
    {
      from: "presence p join broker_nodes n using (node_id) where p.client_key = $1 and p.ver & 3 = 0",
      at: "to_timestamp((p.ver >> 2) / 1000000.0)",
      key: "'c' || (p.ver >> 2)",
      body: "'what', 'connected', 'node', n.name, 'peerAddress', p.peer_address",
    },
    {
      from: "sessions s join broker_nodes n using (node_id) where s.client_key = $1",
      at: "s.ended_at",
      key: `'e' || ${us("s.ended_at")}`,
      body: `'what', 'ended', 'node', n.name, 'ending', s.ending,
        'lastedMs', round(extract(epoch from s.ended_at - s.started_at) * 1000)`,
    },
    {
      from: "connect_refusals r join broker_nodes n using (node_id) where r.client_id = $2",
      at: "r.at",
      key: `'r' || ${us("r.at")} || r.reason`,
      body: "'what', 'refused', 'node', n.name, 'reason', r.reason, 'peerAddress', r.peer_address",
    },
    {
      from: "audit_events v where v.subject_kind = 'client' and v.subject_id = $2 and v.action = 'presence.verifyClient'",
      at: "v.at",
      key: "'v' || v.id",
      body: "'what', 'verified', 'outcome', v.details ->> 'outcome', 'state', v.details ->> 'after', 'by', v.actor_name",
    },
    {
      from: "presence_corrections k where k.client_key = $1",
      at: "k.at",
      key: `'k' || ${us("k.at")}`,
      body: "'what', 'corrected', 'why', k.kind, 'state', k.after",
    },
  ],
  messages: [
    {
      from: "messages m where m.client_id = $2 and m.source <> 'diagnostics'",
      at: "m.accepted_at",
      key: "'m' || m.id",
      body: `'what', 'message', 'messageId', m.id, 'topicName', m.topic_name, 'qos', m.qos, 'state', m.state, 'by', m.actor_name,
        'acknowledgedAfterMs', round(extract(epoch from m.acknowledged_at - m.accepted_at) * 1000)`,
    },
  ],
  logs: [
    {
      from: "log_requests l where l.client_id = $2",
      at: "l.requested_at",
      key: "'l' || l.id",
      body: `'what', 'logRequested', 'logRequestId', l.id, 'state', l.state, 'by', l.requested_by_name, 'calls', l.calls,
        'failedCalls', l.failed_calls`,
    },
  ],
};

/** Each source gives at most a page of its own, so the union sorts a few pages however long the story is. */
function unionSql(sources: readonly Source[]): string {
  const parts = sources.map(
    // The comparison of instants finds the range in the index; the one in µs is exact.
    ({ from, at, key, body }) =>
      `(select ${us(at)} as at_us, ${key} as key, json_build_object(${body}) as body from ${from}
          and ${at} <= to_timestamp($3::bigint / 1000000.0) + interval '1 ms' and (${us(at)}, ${key}) < ($3::bigint, $4::text)
        order by ${at} desc, 2 desc limit $5)`,
  );
  // Naming both identifiers here gives them a type where only some of the sources are asked.
  return `select key, at_us, body from (${parts.join(" union all ")}) entry
    where $1::uuid is not null and $2::text is not null order by at_us desc, key desc limit $5`;
}

// The bodies are built above in the words of TimelineEntry; key and instant come from the union.
const toEntry = (row: { key: string; at_us: number; body: object }): TimelineEntry =>
  ({ ...row.body, key: row.key, at: new Date(row.at_us / 1_000).toISOString() }) as TimelineEntry;

// Above every instant a timestamp of ours can have.
const END = { atUs: 9_007_199_254_740_991, key: "" };

function readCursor(cursor: string | undefined): { atUs: number; key: string } {
  if (cursor === undefined) return END;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parsed) && Number.isSafeInteger(parsed[0]) && typeof parsed[1] === "string")
      return { atUs: Number(parsed[0]), key: parsed[1] };
  } catch {
    // Said below, with what is not a list.
  }
  throw new AppError("VALIDATION", "cursor: not one this timeline gave. Read it again from the beginning.");
}
