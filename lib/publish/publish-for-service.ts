import type { Pool } from "pg";
import { z } from "zod";
import { parseInput } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import type { PresenceState } from "@/lib/events/schemas";
import { deviceTopics, groupTopic } from "@/lib/mqtt/device-topics";
import { filterCoversFilter } from "@/lib/mqtt/topics";
import { readPresence } from "@/lib/presence/read-presence";
import { requirePermission, type Actor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import type { Acceptance } from "./accept-messages";
import { requireSendable, type Envelope } from "./enqueue-message";
import type { MessageAcceptor } from "./message-acceptor";
import { payloadOf } from "./publish-message";
import type { PublishedTarget, ServiceMessage } from "./service-message";

/** What one message of a service came to: its targets as they were accepted, or why it was refused. */
export type ServicePublished = PublishedTarget[] | AppError;

interface Target {
  topicName: string;
  clientId: string | null;
}

/**
 * Publishes messages of a service: resolves their targets, holds the key to its topic filters, and accepts all of them together. A
 * result for each message, in the same order: one that is refused keeps no other from going out. Once this returns, what was
 * accepted goes out at least once (QoS 1 and 2), or expires. Machine write of the acceptor: permission here, audit rows there.
 * Throws FORBIDDEN without the permission, UNAVAILABLE when too much waits.
 */
export async function publishForService(
  ctx: Context,
  { acceptor, messages }: { acceptor: MessageAcceptor; messages: readonly (ServiceMessage | AppError)[] },
): Promise<ServicePublished[]> {
  requirePermission(ctx.actor, "publish.send");
  const root = topicRoot();
  const resolved = await Promise.all(
    messages.map((message) =>
      message instanceof AppError ? message : resolve(ctx, message, root).catch((error: unknown) => asRefusal(error)),
    ),
  );
  const acceptances = resolved.flatMap((one) => (one instanceof AppError ? [] : one.acceptances));
  const clientIds = resolved.flatMap((one) => (one instanceof AppError ? [] : one.asked));
  const [accepted, recipients] = await Promise.all([
    acceptor.accept(acceptances),
    readRecipients(ctx.db.pool, clientIds, ctx.now()),
  ]);
  let from = 0;
  return resolved.map((one) => {
    if (one instanceof AppError) return one;
    const results = accepted.slice(from, (from += one.acceptances.length));
    const targets: PublishedTarget[] = [];
    for (const [index, result] of results.entries()) {
      const target = one.targets[index];
      if (result instanceof AppError || !target) return result instanceof AppError ? result : never();
      targets.push({
        messageId: result.messageId,
        ...target,
        recipient: target.clientId === null ? null : (recipients.get(target.clientId) ?? null),
        state: "accepted",
        acceptedAt: result.acceptedAt.toISOString(),
        acknowledgedAt: null,
        acknowledgement: null,
        noMatchingSubscribers: false,
        reasonCode: null,
        failure: null,
        repeated: result.repeated,
        answer: null,
      });
    }
    return targets;
  });
}

const never = (): never => {
  throw new Error("A message was accepted without a target");
};

interface Resolved {
  targets: Target[];
  acceptances: Acceptance[];
  /** Clients named by the message, of whom the answer says what is known. */
  asked: string[];
}

async function resolve(ctx: Context, message: ServiceMessage, root: string): Promise<Resolved> {
  const targets = await targetsOf(ctx.db.pool, message.to, root);
  requireTopics(ctx.actor, targets);
  const payload = payloadOf(message);
  const acceptances = targets.map(({ topicName, clientId }) => {
    const envelope: Envelope = {
      topicName,
      payload,
      source: "api",
      qos: message.qos,
      retain: message.retain,
      contentType: message.contentType,
      userProperties: message.userProperties,
      expirySeconds: message.expirySeconds,
      // a message to a person is one for each client; no key of a caller has a space
      idempotencyKey:
        message.idempotencyKey && "personId" in message.to
          ? `${message.idempotencyKey} ${clientId}`
          : message.idempotencyKey,
    };
    requireSendable(envelope, root);
    return { ctx, envelope };
  });
  return { targets, acceptances, asked: targets.flatMap(({ clientId }) => clientId ?? []) };
}

const MOST_CLIENTS = 50;

async function targetsOf(pool: Pool, to: ServiceMessage["to"], root: string): Promise<Target[]> {
  const inbox = (clientId: string): Target => ({ topicName: deviceTopics(clientId, root).inbox, clientId });
  if ("topicName" in to) return [{ topicName: to.topicName, clientId: null }];
  if ("clientId" in to) return [inbox(to.clientId)];
  if ("group" in to) return [{ topicName: groupTopic(to.group, root), clientId: null }];
  const found = await pool.query<{ client_id: string | null }>({
    name: "publish-person-clients",
    text: `select c.client_id from (select $1::text as person_id) asked left join clients c using (person_id)
           where c.client_id is not null or exists (select 1 from people p where p.person_id = $1)
           order by c.last_sign_in_at desc limit ${MOST_CLIENTS}`,
    values: [to.personId],
  });
  if (found.rows.length === 0)
    throw new AppError("NOT_FOUND", "This person is not known: never imported, and no client of theirs signed in.");
  return found.rows.flatMap(({ client_id }) => (client_id === null ? [] : inbox(client_id)));
}

/** Throws FORBIDDEN for a topic name that no topic filter of the service's key matches. */
export function requireTopics(actor: Actor, targets: readonly { topicName: string }[]): void {
  if (actor.kind !== "service") return;
  for (const { topicName } of targets)
    if (!actor.topicFilters.some((topicFilter) => filterCoversFilter(topicFilter, topicName)))
      throw new AppError(
        "FORBIDDEN",
        "This key may not publish to this topic name. Ask an administrator for its topic filters.",
      );
}

const RECIPIENT_OF: Record<PresenceState, PublishedTarget["recipient"]> = {
  online: "online",
  offline_queued: "queued_for_offline_session",
  offline_gone: "no_session",
  unknown: "unknown",
};

async function readRecipients(
  pool: Pool,
  clientIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, PublishedTarget["recipient"]>> {
  const known = new Map<string, PublishedTarget["recipient"]>(
    clientIds.map((clientId) => [clientId, "client_unknown"]),
  );
  for (const { clientId, state } of await readPresence(pool, clientIds, now)) known.set(clientId, RECIPIENT_OF[state]);
  return known;
}

/** Errors that are the message's own; any other fails the call. */
function asRefusal(error: unknown): AppError {
  if (error instanceof AppError && error.code !== "UNAVAILABLE") return error;
  throw error;
}

/** A message of a batch, or why it is none. */
export function readMessage<S extends z.ZodType>(schema: S, input: unknown): z.output<S> | AppError {
  try {
    return parseInput(schema, input);
  } catch (error) {
    return asRefusal(error);
  }
}
