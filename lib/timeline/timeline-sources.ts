import type { TimelineKind } from "./schemas";

/**
 * Where the entries of a timeline are read. Parameters of every source: $1 the client's key, $2 its identifier, $3 and $4 instant (µs) and
 * key that entries come before, $5 how many at most, $6 the first instant, $7 one at or after that of $3 (both timestamptz).
 */
interface Source {
  /** A table or sub-select of the client's rows, with its condition. */
  from: string;
  /** The instant it is ordered by. */
  at: string;
  /** Unique in the timeline, and in order among entries of one instant. */
  key: string;
  /** The rest, in the words of TimelineEntry. */
  body: string;
}

// Instants are compared in µs, as PostgreSQL keeps them: a cursor in ms would skip or repeat.
const us = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`;
// Finds the range in an index, and the days' partitions before they are opened, which needs a plain value; the comparison in µs is exact.
const UPPER = "$7::timestamptz";

/**
 * The sessions that began last before an instant. Sessions of one client follow one another, so they end in the order they began, which
 * is the order of their index; a few more on either side stand for those that overlap, where a correction came late.
 */
const SESSIONS_BY_START = `(
  (select * from sessions where client_key = $1 and ended_at >= ${UPPER} order by ended_at limit 4)
  union all
  (select * from sessions where client_key = $1 and ended_at < ${UPPER} and ended_at >= $6 order by ended_at desc limit $5 + 4)
) s join broker_nodes n using (node_id) where true`;

/** What operators did about a client stands in the audit. */
const audited = (action: string): string =>
  `audit_events v where v.subject_kind = 'client' and v.subject_id = $2 and v.action = '${action}'`;

const SOURCES: Record<TimelineKind, readonly Source[]> = {
  connection: [
    {
      from: SESSIONS_BY_START,
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
      body: `'what', 'ended', 'node', n.name, 'ending', s.ending, 'reason', s.reason, 'endedBy', s.ended_by, 'ours', null,
        'lastedMs', round(extract(epoch from s.ended_at - s.started_at) * 1000)`,
    },
    {
      from: "connect_refusals r join broker_nodes n using (node_id) where r.client_id = $2",
      at: "r.at",
      key: `'r' || ${us("r.at")} || r.reason`,
      body: "'what', 'refused', 'node', n.name, 'reason', r.reason, 'peerAddress', r.peer_address",
    },
    {
      from: audited("presence.verifyClient"),
      at: "v.at",
      key: "'v' || v.id",
      body: "'what', 'verified', 'outcome', v.details ->> 'outcome', 'state', v.details ->> 'after', 'by', v.actor_name",
    },
    {
      from: audited("publish.pingClient"),
      at: "v.at",
      key: "'p' || v.id",
      body: `'what', 'pinged', 'answered', v.details ->> 'outcome' = 'answered', 'by', v.actor_name,
        'roundTripMs', (v.details ->> 'roundTripMs')::float8`,
    },
    {
      from: audited("access.disconnectClient"),
      at: "v.at",
      key: "'x' || v.id",
      body: "'what', 'disconnected', 'outcome', v.details ->> 'outcome', 'by', v.actor_name, 'why', v.reason",
    },
    {
      from: audited("access.blockClient"),
      at: "v.at",
      key: "'y' || v.id",
      body: "'what', 'blocked', 'until', v.details ->> 'until', 'by', v.actor_name, 'why', v.reason",
    },
    {
      from: audited("access.unblockClient"),
      at: "v.at",
      key: "'z' || v.id",
      body: "'what', 'unblocked', 'by', v.actor_name, 'why', v.reason",
    },
    {
      from: "presence_corrections k where k.client_key = $1",
      at: "k.at",
      key: `'k' || ${us("k.at")}`,
      body: "'what', 'corrected', 'why', k.kind, 'state', k.after",
    },
    {
      from: "client_device_changes g where g.client_key = $1",
      at: "g.at",
      key: `'g' || ${us("g.at")}`,
      body: `'what', 'deviceChanged', 'deviceModel', g.device_model, 'appVersion', g.app_version,
        'oldDeviceModel', g.old_device_model, 'oldAppVersion', g.old_app_version`,
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
    {
      // What only says again what was said before is told on the request's own page.
      from: `log_request_changes h join log_requests l on l.id = h.log_request_id
        where l.client_id = $2 and h.cause not in ('requested', 'repeated', 'renewed', 'stopped')`,
      at: "h.at",
      key: "'h' || h.id",
      body: "'what', 'logMoved', 'logRequestId', l.id, 'state', h.state, 'by', h.actor_name",
    },
  ],
  notes: [
    {
      from: "client_notes o where o.client_id = $2",
      at: "o.at",
      key: "'o' || o.id",
      body: "'what', 'note', 'text', o.text, 'by', o.by_name",
    },
  ],
};

/** One select of `at_us`, `key` and `body`, newest first, of one kind or (null) all; the parameters are those of a source. */
export function timelineSql(kind: TimelineKind | null): string {
  const parts = (kind ? SOURCES[kind] : Object.values(SOURCES).flat()).map(
    // Each source gives at most a page of its own, so the union sorts a few pages however long the story is.
    ({ from, at, key, body }) =>
      `(select ${us(at)} as at_us, ${key} as key, json_build_object(${body}) as body from ${from}
          and ${at} <= ${UPPER} and ${at} >= $6 and (${us(at)}, ${key}) < ($3::bigint, $4::text)
        order by ${at} desc, 2 desc limit $5)`,
  );
  // Naming both identifiers here gives them a type where only some of the sources are asked.
  return `select key, at_us, body from (${parts.join(" union all ")}) entry
    where $1::uuid is not null and $2::text is not null and $6::timestamptz is not null
    order by at_us desc, key desc limit $5`;
}
