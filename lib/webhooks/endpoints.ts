import { randomUUID } from "node:crypto";
import { writeVerb } from "@/lib/audit/verb";
import type { SealedColumn } from "@/lib/crypto/reseal-column";
import { seal } from "@/lib/crypto/seal";
import { sealingKey } from "@/lib/env/sealing-key";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { queueWebhook } from "./queue-webhook";
import {
  changeEndpointSchema,
  createEndpointSchema,
  deliverySchema,
  endpointSchema,
  type EndpointSecret,
} from "./schemas";
import { makeWebhookSecret } from "./secret";
import { targetFault } from "./target";

// Each is a loop of its own in the worker; more receivers than this stand behind one of their own.
const MOST_ENDPOINTS = 50;
// Long enough to change a receiver's configuration in working hours.
const PREVIOUS_SECRET_HOURS = 24;

const sealed = (secret: string, endpointId: string): Uint8Array<ArrayBuffer> =>
  seal(secret, { key: sealingKey(), about: endpointId });

export const SEALED_SECRETS: readonly SealedColumn[] = ["secret_sealed", "previous_secret_sealed"].map((column) => ({
  table: "webhook_endpoints",
  column,
  belongsTo: "id",
  about: (id) => id,
}));

/** Makes an endpoint. Its secret is in this answer and never told again. Throws VALIDATION for a URL that may not be sent to. */
export const createWebhookEndpoint = writeVerb({
  permission: "access.manage",
  input: createEndpointSchema,
  work: async (ctx, { name, url, eventTypes }) => {
    const fault = targetFault(url);
    if (fault !== null) throw new AppError("VALIDATION", fault, { issues: [{ path: "url", message: fault }] });
    if ((await ctx.tx.webhookEndpoint.count()) >= MOST_ENDPOINTS)
      throw new AppError(
        "LIMIT",
        sentence("There are {most} endpoints already. Remove one first.", { most: MOST_ENDPOINTS }),
      );
    const [endpointId, secret] = [randomUUID(), makeWebhookSecret()];
    const wanted = [...new Set(eventTypes)];
    await ctx.tx.webhookEndpoint.create({
      data: {
        id: endpointId,
        name,
        url,
        eventTypes: wanted,
        secretSealed: sealed(secret, endpointId),
        createdBy: ctx.actor.name,
      },
    });
    const result: EndpointSecret = { endpointId, secret };
    // The path of a URL may hold a credential of the receiver's.
    const details = { name, host: new URL(url).host, eventTypes: wanted };
    return { result, audit: fact("createWebhookEndpoint", endpointId, details) };
  },
});

/** Gives an endpoint a new secret; for 24 h messages are signed with the one before too. Throws NOT_FOUND. */
export const rotateWebhookSecret = writeVerb({
  permission: "access.manage",
  input: endpointSchema,
  work: async (ctx, { endpointId }) => {
    const secret = makeWebhookSecret();
    const changed = await ctx.tx.$executeRaw`
      update webhook_endpoints set previous_secret_sealed = secret_sealed, secret_sealed = ${sealed(secret, endpointId)},
        previous_secret_until = now() + ${PREVIOUS_SECRET_HOURS} * interval '1 hour'
      where id = ${endpointId}::uuid`;
    if (changed === 0) throw notFound(endpointId);
    const result: EndpointSecret = { endpointId, secret };
    return { result, audit: fact("rotateWebhookSecret", endpointId) };
  },
});

/** Sends to an endpoint, or no more: what waits is kept, nothing is added. Safe to call twice. Throws NOT_FOUND. */
export const changeWebhookEndpoint = writeVerb({
  permission: "access.manage",
  input: changeEndpointSchema,
  work: async (ctx, { endpointId, state }) => {
    const { count } = await ctx.tx.webhookEndpoint.updateMany({
      where: { id: endpointId },
      data: { enabled: state === "enabled" },
    });
    if (count === 0) throw notFound(endpointId);
    return { result: undefined, audit: fact("changeWebhookEndpoint", endpointId, { state }) };
  },
});

/** Removes an endpoint with everything that waits for it. Removing it twice is harmless. */
export const deleteWebhookEndpoint = writeVerb({
  permission: "access.manage",
  input: endpointSchema,
  work: async (ctx, { endpointId }) => {
    const { count } = await ctx.tx.webhookEndpoint.deleteMany({ where: { id: endpointId } });
    return { result: undefined, audit: fact("deleteWebhookEndpoint", endpointId, { removed: count }) };
  },
});

/** Queues a `webhook.test` message for one endpoint, signed and retried as any other. Throws CONFLICT while it is disabled. */
export const testWebhookEndpoint = writeVerb({
  permission: "access.manage",
  input: endpointSchema,
  work: async (ctx, { endpointId }) => {
    const endpoint = await ctx.tx.webhookEndpoint.findUnique({ where: { id: endpointId }, select: { enabled: true } });
    if (!endpoint) throw notFound(endpointId);
    if (!endpoint.enabled) throw new AppError("CONFLICT", "The endpoint is disabled. Enable it first.");
    const data = { sentBy: ctx.actor.name };
    await queueWebhook(ctx.tx, { type: "webhook.test", at: ctx.now(), data }, endpointId);
    return { result: undefined, audit: fact("testWebhookEndpoint", endpointId) };
  },
});

/** Sends a message once more, with the same id and a new count of attempts. One that waits is sent at once. Throws NOT_FOUND. */
export const replayWebhookDelivery = writeVerb({
  permission: "access.manage",
  input: deliverySchema,
  work: async (ctx, { deliveryId }) => {
    const replayed = await ctx.tx.$queryRaw<{ endpoint_id: string }[]>`
      update webhook_deliveries set state = 'pending', attempts = 0, next_at = now(), ended_at = null
      where id = ${deliveryId}::bigint returning endpoint_id::text`;
    const [delivery] = replayed;
    if (!delivery)
      throw new AppError(
        "NOT_FOUND",
        sentence("There is no delivery {deliveryId}; old ones are removed.", { deliveryId }),
      );
    return { result: undefined, audit: fact("replayWebhookDelivery", delivery.endpoint_id, { deliveryId }) };
  },
});

const notFound = (endpointId: string): AppError =>
  new AppError("NOT_FOUND", sentence("There is no endpoint {endpointId}.", { endpointId }));

const fact = (verb: string, endpointId: string, details: Record<string, string | number | string[]> = {}) => ({
  action: `webhooks.${verb}`,
  subjectKind: "webhook" as const,
  subjectId: endpointId,
  details,
});
