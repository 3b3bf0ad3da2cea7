import type { Pool } from "pg";
import { columnOf } from "@/lib/db/column";
import type { Qos } from "@/lib/mqtt/qos";
import { openPayload } from "./kept-payload";
import { LANES } from "./outbox-lanes";
import type { Acknowledgement, UserProperties } from "./schemas";

/** The outbox in SQL: what is taken from it and what is written back. Machine writes: who published was audited then. */

export interface OutboxMessage {
  messageId: string;
  seq: number;
  lane: number;
  topicName: string;
  qos: Qos;
  retain: boolean;
  payload: Buffer;
  contentType: string | null;
  userProperties: UserProperties | null;
  /** Ms since the epoch by the database's clock; null: it never expires here. */
  expiresAtMs: number | null;
  /** An earlier attempt may have reached the broker: sent with DUP. */
  dup: boolean;
}

export interface TakenPage {
  messages: OutboxMessage[];
  /** The database's clock when it answered, ms since the epoch: instants of all processes are told by this one clock. */
  databaseMs: number;
  /** The last `seq` given to any message before this page was read. */
  lastSeq: number;
}

interface OutboxRow {
  id: string;
  seq: number;
  lane: number;
  topic_name: string;
  qos: Qos;
  retain: boolean;
  payload: Buffer;
  content_type: string | null;
  user_properties: UserProperties | null;
  expires_at: Date | null;
  sealed: boolean;
}

/**
 * The oldest accepted messages of some lanes, in the order they were accepted. Not locked: a lane has one holder. Throws UNAVAILABLE when
 * SEALING_KEY is not the one they were accepted with: they wait until it is.
 */
export async function takeMessages(
  pool: Pool,
  of: { lanes: readonly number[]; notIds: readonly string[]; notTopics: readonly string[]; limit: number },
): Promise<TakenPage> {
  const client = await pool.connect();
  try {
    // Before the page is read, so that whatever has a number up to it was seen, or is told of when it commits.
    const clock = client.query<{ last_seq: number; database_ms: number }>({
      name: "outbox-last-seq",
      text: `select last_value as last_seq, extract(epoch from clock_timestamp())::float8 * 1000 as database_ms
             from messages_seq_seq`,
    });
    const page = client.query<OutboxRow>({
      name: "outbox-take",
      text: `select id, seq, ${LANE_OF_ROW} as lane, topic_name, qos, retain, payload, content_type, user_properties, expires_at, sealed
             from messages
             where state = 'accepted' and ${LANE_OF_ROW} = any($1::int[]) and id <> all($2::uuid[])
               and topic_name <> all($3::text[]) and (expires_at is null or expires_at > clock_timestamp())
             order by seq limit $4`,
      values: [of.lanes, of.notIds, of.notTopics, of.limit],
    });
    const [{ rows: seen }, { rows }] = await Promise.all([clock, page]);
    return {
      databaseMs: seen[0]?.database_ms ?? 0,
      lastSeq: seen[0]?.last_seq ?? 0,
      messages: rows.map((row) => ({
        messageId: row.id,
        seq: row.seq,
        lane: row.lane,
        topicName: row.topic_name,
        qos: row.qos,
        retain: row.retain,
        payload: openPayload({ ...row, topicName: row.topic_name }),
        contentType: row.content_type,
        userProperties: row.user_properties,
        expiresAtMs: row.expires_at?.getTime() ?? null,
        dup: false,
      })),
    };
  } finally {
    client.release();
  }
}

interface Acknowledged {
  messageId: string;
  state: "acknowledged";
  acknowledgement: Acknowledgement;
  node: string;
  sentAtMs: number;
  acknowledgedAtMs: number;
  packetId: number | null;
  /** PUBREC and PUBREL of QoS 2; null for the others, and when a lost connection came between. */
  receivedAtMs: number | null;
  releasedAtMs: number | null;
  /** Of MQTT 5; null: the broker told none. */
  reasonCode: number | null;
  dup: boolean;
}

/** What became of a message; instants in ms since the epoch by the database's clock. */
export type Settled =
  Acknowledged | { messageId: string; state: "failed"; failure: string; reasonCode: number | null; dup: boolean };

/**
 * Records what became of messages, in one statement, and tells everyone. Safe to call twice: what is settled stays. Commands
 * of LiveConnect lose their payload here: it may hold an upload URL, a credential that must not be kept.
 */
export async function recordSettled(pool: Pool, settled: readonly Settled[]): Promise<void> {
  const column = <T>(valueOf: (one: Settled) => T) => columnOf(settled.map(valueOf));
  const ofPackets = <T>(valueOf: (one: Acknowledged) => T) =>
    column((one) => (one.state === "acknowledged" ? valueOf(one) : null));
  await pool.query({
    name: "outbox-record",
    text: RECORD,
    values: [
      settled.map(({ messageId }) => messageId),
      column((one) => (one.state === "failed" ? one.failure : null)),
      column(({ reasonCode }) => reasonCode),
      column(({ dup }) => dup || null),
      ofPackets(({ sentAtMs }) => sentAtMs),
      ofPackets(({ acknowledgedAtMs }) => acknowledgedAtMs),
      ofPackets(({ acknowledgement }) => acknowledgement),
      ofPackets(({ node }) => node),
      ofPackets(({ packetId }) => packetId),
      ofPackets(({ receivedAtMs }) => receivedAtMs),
      ofPackets(({ releasedAtMs }) => releasedAtMs),
    ],
  });
}

/** Ends messages whose time is over and that are not on their way; at most 1 000 a call. */
export async function expireMessages(pool: Pool, notIds: readonly string[]): Promise<void> {
  await pool.query({
    name: "outbox-expire",
    text: `with changed as (
             update messages m set state = 'expired', payload = ${KEPT_PAYLOAD}
             where id = any(array(
               select id from messages
               where state = 'accepted' and expires_at <= clock_timestamp() and id <> all($1::uuid[]) limit 1000
             )) and state = 'accepted'
             returning m.id, m.state, m.client_id, m.source
           ) ${TELL}`,
    values: [notIds],
  });
}

/** How many messages wait, and for how long the oldest has, in seconds (0 when none waits). */
export async function outboxDepth(pool: Pool): Promise<{ messages: number; oldestSeconds: number }> {
  const depth = await pool.query<{ messages: number; oldest_seconds: number | null }>(
    `select count(*) as messages, extract(epoch from clock_timestamp() - min(accepted_at))::float8 as oldest_seconds
     from messages where state = 'accepted'`,
  );
  return { messages: depth.rows[0]?.messages ?? 0, oldestSeconds: depth.rows[0]?.oldest_seconds ?? 0 };
}

/** The lane of a row of `messages`: everything of one topic is in one lane, so one holder sends it, in order. */
export const LANE_OF_ROW = `(hashtextextended(topic_name, 0) & ${LANES - 1})::int`;

const KEPT_PAYLOAD = `case when m.source = 'diagnostics' then ''::bytea else m.payload end`;

// Of the console's own, few, each is told; of services' and sends' thousands a second, sixty at a time: 60 × 125 bytes are under the
// 8 000 that a NOTIFY may have.
const TELL = `, one_by_one as (
    select pg_notify('publish', json_build_object('type', 'publish.changed', 'messageId', id, 'state', state,
                                                  'clientId', client_id)::text)
    from changed where source not in ('api', 'send')
  ), together as (
    select pg_notify('publish', json_build_object('type', 'publish.settled', 'messages',
                                                  json_agg(json_build_array(id, state, client_id)))::text)
    from (select *, (row_number() over () - 1) / 60 as part from changed where source in ('api', 'send')) numbered group by part
  )
  select (select count(*) from one_by_one) + (select count(*) from together) as told`;

const RECORD = `
with changed as (
  update messages m
  set state = case when s.failure is null then 'acknowledged' else 'failed' end, sent_at = to_timestamp(s.sent_ms / 1000), node = s.node, failure = s.failure,
      acknowledged_at = to_timestamp(s.acknowledged_ms / 1000), acknowledgement = s.acknowledgement,
      packet_id = s.packet_id, received_at = to_timestamp(s.received_ms / 1000),
      released_at = to_timestamp(s.released_ms / 1000), reason_code = s.reason_code, dup = coalesce(s.dup, false), payload = ${KEPT_PAYLOAD}
  from unnest($1::uuid[], $2::text[], $3::int2[], $4::boolean[], $5::float8[], $6::float8[], $7::text[], $8::text[], $9::int[],
              $10::float8[], $11::float8[]) as s (
    id, failure, reason_code, dup, sent_ms, acknowledged_ms, acknowledgement, node, packet_id, received_ms, released_ms)
  -- By the primary key, and found by it whatever the table's size was when this was planned: without any() a small table is read whole.
  -- coalesce: the outbox's own index would be walked once for each of them.
  where m.id = s.id and m.id = any($1::uuid[]) and coalesce(m.state) = 'accepted'
  returning m.id, m.state, m.client_id, m.source
) ${TELL}`;
