import type { Pool } from "pg";
import type { Qos } from "@/lib/mqtt/qos";
import { openPayload } from "./kept-payload";
import { LANES } from "./outbox-lanes";
import type { Acknowledgement } from "./schemas";

/** The outbox in SQL: what is taken from it and what is written back. Machine writes: who published was audited then. */

export interface OutboxMessage {
  messageId: string;
  lane: number;
  topicName: string;
  qos: Qos;
  retain: boolean;
  payload: Buffer;
  contentType: string | null;
}

export interface TakenPage {
  messages: OutboxMessage[];
  /** The database's clock when it answered, ms since the epoch: instants of all processes are told by this one clock. */
  databaseMs: number;
}

/**
 * The oldest accepted messages of some lanes, in the order they were accepted. Not locked: a lane has one holder. Throws UNAVAILABLE when
 * SEALING_KEY is not the one they were accepted with: they wait until it is.
 */
export async function takeMessages(
  pool: Pool,
  of: { lanes: readonly number[]; notIds: readonly string[]; notTopics: readonly string[]; limit: number },
): Promise<TakenPage> {
  const taken = await pool.query<{
    id: string;
    lane: number;
    topic_name: string;
    qos: Qos;
    retain: boolean;
    payload: Buffer;
    content_type: string | null;
    sealed: boolean;
    database_ms: number;
  }>({
    name: "outbox-take",
    text: `select id, ${LANE_OF_ROW} as lane, topic_name, qos, retain, payload, content_type, sealed,
                  extract(epoch from clock_timestamp())::float8 * 1000 as database_ms
           from messages
           where state = 'accepted' and ${LANE_OF_ROW} = any($1::int[]) and id <> all($2::uuid[])
             and topic_name <> all($3::text[]) and (expires_at is null or expires_at > clock_timestamp())
           order by seq limit $4`,
    values: [of.lanes, of.notIds, of.notTopics, of.limit],
  });
  return {
    databaseMs: taken.rows[0]?.database_ms ?? 0,
    messages: taken.rows.map((row) => ({
      messageId: row.id,
      lane: row.lane,
      topicName: row.topic_name,
      qos: row.qos,
      retain: row.retain,
      payload: openPayload({ ...row, topicName: row.topic_name }),
      contentType: row.content_type,
    })),
  };
}

/** What became of a message; instants in ms since the epoch by the database's clock. */
export type Settled =
  | {
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
    }
  | { messageId: string; state: "failed"; failure: string };

/**
 * Records what became of messages, in one statement, and tells everyone. Safe to call twice: what is settled stays. Commands
 * of LiveConnect lose their payload here: it may hold an upload URL, a credential that must not be kept.
 */
export async function recordSettled(pool: Pool, settled: readonly Settled[]): Promise<void> {
  const acknowledged = settled.map((one) => (one.state === "acknowledged" ? one : null));
  await pool.query({
    name: "outbox-record",
    text: `with changed as (
             update messages m
             set state = s.state, sent_at = to_timestamp(s.sent_ms / 1000), node = s.node, failure = s.failure,
                 acknowledged_at = to_timestamp(s.acknowledged_ms / 1000), acknowledgement = s.acknowledgement,
                 packet_id = s.packet_id, received_at = to_timestamp(s.received_ms / 1000),
                 released_at = to_timestamp(s.released_ms / 1000), payload = ${KEPT_PAYLOAD}
             from unnest($1::uuid[], $2::text[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::text[], $8::int[],
                         $9::float8[], $10::float8[])
               as s (id, state, sent_ms, acknowledged_ms, acknowledgement, node, failure, packet_id, received_ms, released_ms)
             where m.id = s.id and m.state = 'accepted'
             returning m.id, m.state, m.client_id
           ) ${TELL}`,
    values: [
      settled.map((one) => one.messageId),
      settled.map((one) => one.state),
      acknowledged.map((one) => one?.sentAtMs ?? null),
      acknowledged.map((one) => one?.acknowledgedAtMs ?? null),
      acknowledged.map((one) => one?.acknowledgement ?? null),
      acknowledged.map((one) => one?.node ?? null),
      settled.map((one) => (one.state === "failed" ? one.failure : null)),
      acknowledged.map((one) => one?.packetId ?? null),
      acknowledged.map((one) => one?.receivedAtMs ?? null),
      acknowledged.map((one) => one?.releasedAtMs ?? null),
    ],
  });
}

/** Ends messages whose time is over and that are not on their way; at most 1 000 a call. Gives how many. */
export async function expireMessages(pool: Pool, notIds: readonly string[]): Promise<number> {
  const expired = await pool.query<{ told: number }>({
    name: "outbox-expire",
    text: `with changed as (
             update messages m set state = 'expired', payload = ${KEPT_PAYLOAD}
             where id = any(array(
               select id from messages
               where state = 'accepted' and expires_at <= clock_timestamp() and id <> all($1::uuid[]) limit 1000
             )) and state = 'accepted'
             returning m.id, m.state, m.client_id
           ) ${TELL}`,
    values: [notIds],
  });
  return expired.rows[0]?.told ?? 0;
}

/** How many messages wait, and for how long the oldest has, in seconds (0 when none waits). */
export async function outboxDepth(pool: Pool): Promise<{ messages: number; oldestSeconds: number }> {
  const depth = await pool.query<{ messages: number; oldest_seconds: number | null }>(
    `select count(*) as messages, extract(epoch from clock_timestamp() - min(accepted_at))::float8 as oldest_seconds
     from messages where state = 'accepted'`,
  );
  return { messages: depth.rows[0]?.messages ?? 0, oldestSeconds: depth.rows[0]?.oldest_seconds ?? 0 };
}

// Everything of one topic is in one lane, so one holder sends it, in order.
const LANE_OF_ROW = `(hashtextextended(topic_name, 0) & ${LANES - 1})::int`;

const KEPT_PAYLOAD = `case when m.source = 'diagnostics' then ''::bytea else m.payload end`;

const TELL = `select count(pg_notify('publish', json_build_object('type', 'publish.changed', 'messageId', id,
  'state', state, 'clientId', client_id)::text)) as told from changed`;
