import { idempotencyHours } from "@/lib/env/idempotency-hours";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { clientIdOfTopic } from "@/lib/mqtt/device-topics";
import { MAX_PAYLOAD_BYTES } from "@/lib/mqtt/payload";
import type { Qos } from "@/lib/mqtt/qos";
import { topicNameFault, type TopicNameFault } from "@/lib/mqtt/topic-name-fault";
import type { TransactionContext } from "@/lib/rbac/context";
import { sentence, type Sentence } from "@/lib/sentence";
import { commandIdOf } from "./command-id";
import { openPayload, sealPayload } from "./kept-payload";
import type { MessageSource, UserProperties } from "./schemas";

export interface Envelope {
  topicName: string;
  payload: Uint8Array<ArrayBuffer>;
  qos: Qos;
  source: MessageSource;
  retain?: boolean;
  contentType?: string | null;
  expirySeconds?: number | null;
  idempotencyKey?: string | null;
  userProperties?: UserProperties | null;
}

export interface Enqueued {
  messageId: string;
  acceptedAt: Date;
  /** True when the same actor had used the idempotency key for this same message: nothing was written now. */
  repeated: boolean;
}

/**
 * Puts one message into the outbox, in the caller's transaction: it goes out if and only if that commits. A machine write
 * without a permission or an audit row of its own: the verb that calls it has both. Throws VALIDATION for a topic name
 * nobody may publish to, CONFLICT when the idempotency key was used for another message.
 */
export async function enqueueMessage(ctx: TransactionContext, envelope: Envelope): Promise<Enqueued> {
  const root = topicRoot();
  requireSendable(envelope, root);
  const clientId = clientIdOfTopic(envelope.topicName, root);
  const userProperties = envelope.userProperties ? JSON.stringify(envelope.userProperties) : null;
  const [row] = await ctx.tx.$queryRaw<{ id: string; accepted_at: Date }[]>`
    with accepted as (
      insert into messages (topic_name, qos, retain, payload, content_type, client_id, source, actor_id, actor_name,
                            expires_at, idempotency_key, sealed, command_id, user_properties)
      values (${envelope.topicName}, ${envelope.qos}::smallint, ${envelope.retain ?? false},
              ${sealPayload(envelope.payload, envelope.topicName)},
              ${envelope.contentType ?? null}, ${clientId}, ${envelope.source},
              ${ctx.actor.id}, ${ctx.actor.name}, now() + ${envelope.expirySeconds ?? null}::int * interval '1 second',
              ${envelope.idempotencyKey ?? null}, true, ${clientId === null ? null : commandIdOf(envelope.payload)},
              ${userProperties}::jsonb)
      on conflict do nothing
      returning id, accepted_at
    )
    select id::text, accepted_at,
           pg_notify('publish', json_build_object('type', 'publish.accepted')::text)::text
    from accepted`;
  if (!row) return (await findRepeated(ctx, envelope)) ?? enqueueMessage(ctx, envelope);
  return { messageId: row.id, acceptedAt: row.accepted_at, repeated: false };
}

/** Throws VALIDATION for a topic name nobody may publish to, and for a payload that is too large. */
export function requireSendable(envelope: Envelope, root: string): void {
  const fault = topicNameFault(envelope.topicName, root);
  if (fault)
    throw new AppError("VALIDATION", sentence("{fault}. Choose another topic name.", { fault: FAULT_WORDS[fault] }));
  if (envelope.payload.length > MAX_PAYLOAD_BYTES)
    throw new AppError("VALIDATION", sentence("A payload has at most {bytes} bytes.", { bytes: MAX_PAYLOAD_BYTES }));
}

const FAULT_WORDS: Record<TopicNameFault, Sentence> = {
  empty: sentence("A topic name has at least one character"),
  wildcard: sentence("A topic name has no wildcards: + and # belong in topic filters"),
  malformed: sentence("A topic name is well-formed Unicode without a null character, of at most 65 535 bytes"),
  broker: sentence("Topic names that begin with $ are the broker's own"),
  events: sentence("Only the device itself publishes to its events topic"),
};

/** The message of before; null when its key was kept long enough, and is free now. */
async function findRepeated(ctx: TransactionContext, envelope: Envelope): Promise<Enqueued | null> {
  const [row] = await ctx.tx.$queryRaw<Repeated[]>`
    select id::text, accepted_at, topic_name, qos, retain, payload, sealed, source, now() as now
    from messages where actor_id = ${ctx.actor.id} and idempotency_key = ${envelope.idempotencyKey ?? null}`;
  if (row && isForgotten(row)) {
    await ctx.tx.$executeRaw`update messages set idempotency_key = null where id = ${row.id}::uuid`;
    return null;
  }
  if (!row || !isSame(row, envelope))
    throw new AppError(
      "CONFLICT",
      "This idempotency key was used for another message. Use a new key for a new message.",
    );
  return { messageId: row.id, acceptedAt: row.accepted_at, repeated: true };
}

/** What tells whether an idempotency key was used for this same message. */
export interface Repeated {
  id: string;
  accepted_at: Date;
  topic_name: string;
  qos: number;
  retain: boolean;
  payload: Uint8Array;
  sealed: boolean;
  source: MessageSource;
  /** The database's clock. */
  now: Date;
}

/** Whether the key of the message of before has been kept long enough. Commands of LiveConnect are known by theirs for good. */
export const isForgotten = ({ accepted_at, now, source }: Repeated): boolean =>
  source !== "diagnostics" && now.getTime() - accepted_at.getTime() > idempotencyHours() * 3_600_000;

/** Whether the message of before is the one given now. */
export const isSame = (row: Repeated, envelope: Envelope): boolean =>
  row.topic_name === envelope.topicName &&
  row.qos === envelope.qos &&
  row.retain === (envelope.retain ?? false) &&
  // Commands of LiveConnect have lost their payload once they were sent.
  (row.source === "diagnostics" || openPayload({ ...row, topicName: row.topic_name }).equals(envelope.payload));
