import type { Pool } from "pg";
import { SEAL_BYTES } from "@/lib/crypto/seal";
import { columnOf } from "@/lib/db/column";
import { idempotencyHours } from "@/lib/env/idempotency-hours";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { clientIdOfTopic } from "@/lib/mqtt/device-topics";
import type { Actor } from "@/lib/rbac/actor";
import { commandIdOf } from "./command-id";
import { isForgotten, isSame, type Envelope, type Repeated } from "./enqueue-message";
import { payloadSealer } from "./kept-payload";
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
  const written = await pool.query<AcceptedRow>({
    name: "outbox-accept",
    text: ACCEPT,
    values: parametersOf(acceptances, by),
  });
  const accepted = new Map(written.rows.map((row) => [row.n, row]));
  const results: (Accepted | AppError)[] = [];
  const messages: OutboxMessage[] = [];
  const bases = new Set<number>();
  for (const [index, acceptance] of acceptances.entries()) {
    const row = accepted.get(index + 1);
    if (!row) {
      const repeated = await findRepeated(pool, acceptance);
      if (repeated) {
        results.push(repeated);
        // one whose key a send had used took no number
        if (repeated instanceof AppError) bases.add(Number.NaN);
      } else {
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
    numbers: bases.size === 1 && first !== undefined ? { first, last: first + acceptances.length - 1 } : null,
    databaseMs: written.rows[0]?.database_ms ?? 0,
  };
}

interface GivenRow {
  envelope: Envelope;
  sendId: string | undefined;
  author: Author;
  /** The actor's place among the few of a batch, from 1. */
  actorNumber: number;
  clientId: string | null;
  kept: Uint8Array<ArrayBuffer>;
  keptAt: number;
}

function rowsOf(acceptances: readonly Acceptance[], actors: Author["actor"][]): GivenRow[] {
  const root = topicRoot();
  const seal = payloadSealer();
  let end = 0;
  // field by field: spreading the acceptance was half of this function's time
  return acceptances.map(({ ctx: author, envelope, sendId }) => {
    const kept = seal(envelope.payload, envelope.topicName);
    const keptAt = end;
    end += kept.length;
    const clientId = clientIdOfTopic(envelope.topicName, root);
    return {
      envelope,
      sendId,
      author,
      actorNumber: numberOf(author.actor, actors),
      clientId,
      kept,
      keptAt,
    };
  });
}

/** Adds the actor when it is new. */
function numberOf(actor: Author["actor"], actors: Author["actor"][]): number {
  const known = actors.findIndex(({ id, kind }) => id === actor.id && kind === actor.kind);
  return known >= 0 ? known + 1 : actors.push(actor);
}

/** Parameters of ACCEPT, in its order. */
function parametersOf(acceptances: readonly Acceptance[], by: string): unknown[] {
  const actors: Author["actor"][] = [];
  const rows = rowsOf(acceptances, actors);
  const column = <T>(valueOf: (row: GivenRow) => T) => columnOf(rows.map(valueOf));
  return [
    column(({ envelope }) => envelope.topicName),
    column(({ envelope }) => envelope.qos),
    column(({ envelope }) => envelope.retain || null),
    column(({ envelope }) => envelope.contentType),
    column(({ envelope }) => (envelope.userProperties ? JSON.stringify(envelope.userProperties) : null)),
    column(({ clientId }) => clientId),
    column(({ clientId, envelope }) => (clientId === null ? null : commandIdOf(envelope.payload))),
    column(({ envelope }) => envelope.source),
    column(({ envelope }) => envelope.expirySeconds),
    column(({ envelope }) => envelope.idempotencyKey),
    column(({ sendId }) => sendId),
    column(({ author }) => author.requestId),
    column(({ author }) => author.fromAddress),
    column(({ actorNumber }) => actorNumber),
    column(({ keptAt }) => keptAt),
    column(({ kept }) => kept.length),
    actors.map(({ kind }) => kind),
    actors.map(({ id }) => id),
    actors.map(({ name }) => name),
    actors.map(({ role }) => role),
    Buffer.concat(rows.map(({ kept }) => kept)),
    by,
    idempotencyHours(),
  ];
}

interface AcceptedRow {
  /** The place of its acceptance in the batch, from 1. */
  n: number;
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

// Payloads come as one value that is cut here: no escaping, whatever their bytes. Identifiers follow the clock, so that each index over them
// grows at its end: a random one costs a page of its own (bench/publish.bench.ts, and the more the larger the table is).
const ACCEPT = `
with given as materialized (
  select uuidv7() as id, g.*, ($17::text[])[actor] as actor_kind, ($18::text[])[actor] as actor_id, ($19::text[])[actor] as actor_name,
         ($20::text[])[actor] as actor_role
  from unnest(
      $1::text[], $2::int2[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[],
      $10::text[], $11::uuid[], $12::text[], $13::text[], $14::int[], $15::int[], $16::int[]) with ordinality as g (
      topic_name, qos, retain, content_type, user_properties, client_id, command_id, source, expiry,
      idempotency_key, send_id, request_id, from_address, actor, kept_at, kept_bytes, n)
), accepted as (
  insert into messages (id, topic_name, qos, retain, payload, content_type, user_properties, client_id, source, actor_id,
                        actor_name, expires_at, idempotency_key, send_id, sealed, command_id)
  select id, topic_name, qos, coalesce(retain, false), substring($21::bytea from kept_at + 1 for kept_bytes), content_type,
         user_properties::jsonb, client_id, source, actor_id, actor_name, now() + expiry * interval '1 second', idempotency_key,
         send_id, true, command_id
  from given
  where idempotency_key is null or send_id is not null or not exists (
    select from sends s where s.actor_id = given.actor_id and s.idempotency_key = given.idempotency_key
      and s.made_at > now() - $23::float8 * interval '1 hour')
  order by n
  on conflict do nothing
  returning id, seq, accepted_at, expires_at, ${LANE_OF_ROW} as lane
), audited as (
  insert into audit_events (at, actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, details,
                            request_id, from_address)
  select accepted_at, actor_kind, actor_id, actor_name, actor_role, 'publish.publishMessage', 'message', id::text,
         jsonb_build_object('topicName', topic_name, 'qos', qos, 'retain', coalesce(retain, false),
                            'payloadBytes', kept_bytes - ${SEAL_BYTES}, 'repeated', false), request_id, from_address
  from accepted join given using (id) where send_id is null
), told as (
  select pg_notify('publish', json_build_object('type', 'publish.accepted', 'by', $22::text)::text)
  where exists (select from accepted)
)
select n, accepted.*, extract(epoch from clock_timestamp())::float8 * 1000 as database_ms
from accepted join given using (id), told`;

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
  if (!row)
    return new AppError(
      "CONFLICT",
      "This idempotency key was used for a send to many clients. Use a new key for a new message.",
    );
  if (!isSame(row, envelope))
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
      actor.role,
      row.id,
      { topicName: envelope.topicName, qos: envelope.qos, retain: envelope.retain ?? false, repeated: true },
      ctx.requestId,
      ctx.fromAddress,
    ],
  });
  return { messageId: row.id, acceptedAt: row.accepted_at, repeated: true };
}
