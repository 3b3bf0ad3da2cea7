import type { Qos } from "@/lib/mqtt/qos";
import { PAYLOAD_BYTES } from "./kept-payload";
import type { Acknowledgement, MessageSource, MessageState, MessageStatus } from "./schemas";

/** A row of `messages` as MESSAGE_COLUMNS select it. */
export interface MessageRow {
  id: string;
  seq: number;
  topic_name: string;
  qos: Qos;
  retain: boolean;
  payload_bytes: number;
  content_type: string | null;
  client_id: string | null;
  source: MessageSource;
  actor_name: string;
  state: MessageState;
  accepted_at: Date;
  sent_at: Date | null;
  acknowledged_at: Date | null;
  acknowledgement: Acknowledgement | null;
  node: string | null;
  failure: string | null;
  expires_at: Date | null;
  packet_id: number | null;
  received_at: Date | null;
  released_at: Date | null;
  command_id: string | null;
  reason_code: number | null;
  dup: boolean;
}

/** Everything but the payload, which only `readPayload` gives. */
export const MESSAGE_COLUMNS = `id, seq, topic_name, qos, retain, ${PAYLOAD_BYTES} as payload_bytes, content_type, client_id, source,
  actor_name, state, accepted_at, sent_at, acknowledged_at, acknowledgement, node, failure, expires_at,
  packet_id, received_at, released_at, command_id, reason_code, dup`;

export const toMessageStatus = (row: MessageRow): MessageStatus => ({
  messageId: row.id,
  topicName: row.topic_name,
  qos: row.qos,
  retain: row.retain,
  payloadBytes: row.payload_bytes,
  contentType: row.content_type,
  clientId: row.client_id,
  source: row.source,
  actorName: row.actor_name,
  state: row.state,
  acceptedAt: row.accepted_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
  acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
  acknowledgement: row.acknowledgement,
  node: row.node,
  failure: row.failure,
  expiresAt: row.expires_at?.toISOString() ?? null,
  packetId: row.packet_id,
  receivedAt: row.received_at?.toISOString() ?? null,
  releasedAt: row.released_at?.toISOString() ?? null,
  commandId: row.command_id,
  reasonCode: row.reason_code,
  dup: row.dup,
});
