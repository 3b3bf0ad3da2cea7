import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { clientIdOfTopic } from "@/lib/mqtt/device-topics";
import type { Actor } from "@/lib/rbac/actor";
import { commandIdOf } from "./command-id";
import { isForgotten, isSame, type Envelope, type Repeated } from "./enqueue-message";
import { sealPayload } from "./kept-payload";
import { LANE_OF_ROW, type OutboxMessage } from "./outbox-rows";

/** Who publishes a message, as its row and its audit row keep it. */
export interface Author {
  actor: { kind: Actor["kind"]; id: string; name: string; role?: string };
  requestId: string;
  fromAddress: string | null;
}

/** A message with who publishes it; `sendId` where it belongs to a send to many, whose audit row is for all of them. */
export interface Acceptance {
  ctx: Author;
  envelope: Envelope;
  sendId?: string;
}

/** What became of one acceptance: `repeated` when the same actor had used its idempotency key for the same message. */
export interface Accepted {
  messageId: string;
  acceptedAt: Date;
  repeated: boolean;
}

export interface AcceptedBatch {
  /** One for each acceptance, in the same order; an AppError (CONFLICT) where only that one was refused. */
  results: readonly (Accepted | AppError)[];
  /** What is in the outbox now, in the order of its numbers. */
  messages: OutboxMessage[];
  /** Numbers this batch took, without a gap; null when others' messages came between or another's statement may have. */
  numbers: { first: number; last: number } | null;
  databaseMs: number;
}

/**
 * Puts messages into the outbox with their audit rows, in one statement: all of them or none. Machine write: the verb that calls it
 * has checked the permission of each actor; what `writeVerb` promises holds, as message, audit row and notification commit together.
 * `by` names this publisher in the notification.
 */
export async function acceptMessages(
  pool: Pick<Pool, "query">,
  { acceptances, by }: { acceptances: readonly Acceptance[]; by: string },
): Promise<AcceptedBatch> {
  const root = topicRoot();
  const payloads = acceptances.map(({ envelope }) => sealPayload(envelope.payload, envelope.topicName));
  const actors: Author["actor"][] = [];
  const rows = acceptances.map((acceptance, index) => ({
    id: randomUUID(),
    ...rowOf(acceptance, root),
    kept_bytes: payloads[index]?.length ?? 0,
    actor: actorNumber(actors, acceptance.ctx.actor),
  }));
  const written = await pool.query<AcceptedRow>({
    name: "outbox-accept",
    text: ACCEPT,
    values: [JSON.stringify(rows), Buffer.concat(payloads), by, JSON.stringify(actors.map(actorRow))],
  });
  const accepted = new Map(written.rows.map((row) => [row.id, row]));
  const results: (Accepted | AppError)[] = [];
  const messages: OutboxMessage[] = [];
  const bases = new Set<number>();
  for (const [index, acceptance] of acceptances.entries()) {
    const row = accepted.get(rows[index]?.id ?? "");
    if (!row) {
      const repeated = await findRepeated(pool, acceptance);
      if (repeated) results.push(repeated);
      else {
        const again = await acceptMessages(pool, { acceptances: [acceptance], by });
        results.push(...again.results);
        messages.push(...again.messages);
        // its number comes after those of the batch, and perhaps others' between
        bases.add(Number.NaN);
      }
      continue;
    }
    // a number is used up by each row given, written or not
    bases.add(row.seq - index);
    results.push({ messageId: row.id, acceptedAt: row.accepted_at, repeated: false });
    messages.push(toOutboxMessage(row, acceptance.envelope));
  }
  const [first] = bases;
  return {
    results,
    messages,
    numbers: bases.size === 1 && first !== undefined ? { first, last: first + rows.length - 1 } : null,
    databaseMs: written.rows[0]?.database_ms ?? 0,
  };
}

/** Without what is null: the statement is as long as what is written here. */
function rowOf({ ctx, envelope, sendId }: Acceptance, root: string) {
  const clientId = clientIdOfTopic(envelope.topicName, root);
  return {
    topic_name: envelope.topicName,
    qos: envelope.qos,
    retain: envelope.retain || undefined,
    bytes: envelope.payload.length,
    content_type: envelope.contentType ?? undefined,
    user_properties: envelope.userProperties ?? undefined,
    client_id: clientId ?? undefined,
    command_id: clientId === null ? undefined : (commandIdOf(envelope.payload) ?? undefined),
    source: envelope.source,
    expiry: envelope.expirySeconds ?? undefined,
    idempotency_key: envelope.idempotencyKey ?? undefined,
    send_id: sendId,
    request_id: ctx.requestId,
    from_address: ctx.fromAddress ?? undefined,
  };
}

/** The actor's place among the few of a batch; added when it is new. */
function actorNumber(actors: Author["actor"][], actor: Author["actor"]): number {
  const known = actors.findIndex(({ id, kind }) => id === actor.id && kind === actor.kind);
  return known >= 0 ? known + 1 : actors.push(actor);
}

const actorRow = ({ kind, id, name, role }: Author["actor"]) => ({ kind, id, name, role });

interface AcceptedRow {
  id: string;
  seq: number;
  lane: number;
  accepted_at: Date;
  expires_at: Date | null;
  database_ms: number;
}

const toOutboxMessage = (row: AcceptedRow, envelope: Envelope): OutboxMessage => ({
  messageId: row.id,
  seq: row.seq,
  lane: row.lane,
  topicName: envelope.topicName,
  qos: envelope.qos,
  retain: envelope.retain ?? false,
  payload: Buffer.from(envelope.payload.buffer, envelope.payload.byteOffset, envelope.payload.length),
  contentType: envelope.contentType ?? null,
  userProperties: envelope.userProperties ?? null,
  expiresAtMs: row.expires_at?.getTime() ?? null,
  dup: false,
});

// Payloads come as one value, cut by the running sum of their lengths: no escaping, whatever their bytes.
const ACCEPT = `
with actors as materialized (
  select * from rows from (json_to_recordset($4::json) as (kind text, id text, name text, role text))
    with ordinality as a (actor_kind, actor_id, actor_name, actor_role, actor)
), given as materialized (
  select g.*, a.*, sum(kept_bytes) over (order by n) - kept_bytes as at
  from rows from (json_to_recordset($1::json) as (
      id uuid, topic_name text, qos int2, retain boolean, bytes int, content_type text, user_properties jsonb, client_id text,
      command_id text, source text, expiry int, idempotency_key text, send_id uuid, request_id text, from_address text,
      kept_bytes int, actor int)) with ordinality as g (
      id, topic_name, qos, retain, bytes, content_type, user_properties, client_id, command_id, source, expiry,
      idempotency_key, send_id, request_id, from_address, kept_bytes, of_actor, n)
    join actors a on a.actor = g.of_actor
), accepted as (
  insert into messages (id, topic_name, qos, retain, payload, content_type, user_properties, client_id, source, actor_id,
                        actor_name, expires_at, idempotency_key, send_id, sealed, command_id)
  select id, topic_name, qos, coalesce(retain, false), substring($2::bytea from at::int + 1 for kept_bytes), content_type,
         user_properties, client_id, source, actor_id, actor_name, now() + expiry * interval '1 second', idempotency_key, send_id,
         true, command_id
  from given order by n
  on conflict do nothing
  returning id, seq, accepted_at, expires_at, ${LANE_OF_ROW} as lane
), audited as (
  insert into audit_events (at, actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, details,
                            request_id, from_address)
  select accepted_at, actor_kind, actor_id, actor_name, actor_role, 'publish.publishMessage', 'message', id::text,
         jsonb_build_object('topicName', topic_name, 'qos', qos, 'retain', coalesce(retain, false), 'payloadBytes', bytes,
                            'repeated', false), request_id, from_address
  from accepted join given using (id) where send_id is null
), told as (
  select pg_notify('publish', json_build_object('type', 'publish.accepted', 'by', $3::text)::text)
  where exists (select from accepted)
)
select accepted.*, extract(epoch from clock_timestamp())::float8 * 1000 as database_ms from accepted, told`;

/**
 * The message an idempotency key was used for before, with the audit row of this call; a CONFLICT when it was another message. Null when
 * the key was kept long enough, and is free now.
 */
async function findRepeated(
  pool: Pick<Pool, "query">,
  { ctx, envelope }: Acceptance,
): Promise<Accepted | AppError | null> {
  const { actor } = ctx;
  const { rows } = await pool.query<Repeated>({
    name: "outbox-repeated",
    text: `select id, accepted_at, topic_name, qos, retain, payload, sealed, source, now() as now
           from messages where actor_id = $1 and idempotency_key = $2`,
    values: [actor.id, envelope.idempotencyKey],
  });
  const [row] = rows;
  if (row && isForgotten(row)) {
    await pool.query("update messages set idempotency_key = null where id = $1", [row.id]);
    return null;
  }
  if (!row || !isSame(row, envelope))
    return new AppError(
      "CONFLICT",
      "This idempotency key was used for another message. Use a new key for a new message.",
    );
  await pool.query({
    name: "outbox-repeated-audit",
    text: `insert into audit_events (actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, details,
                                     request_id, from_address)
           values ($1, $2, $3, $4, 'publish.publishMessage', 'message', $5, $6, $7, $8)`,
    values: [
      actor.kind,
      actor.id,
      actor.name,
      actorRow(actor).role,
      row.id,
      { topicName: envelope.topicName, qos: envelope.qos, retain: envelope.retain ?? false, repeated: true },
      ctx.requestId,
      ctx.fromAddress,
    ],
  });
  return { messageId: row.id, acceptedAt: row.accepted_at, repeated: true };
}
