import { z } from "zod";
import { legible } from "@/lib/format/kept-text";

/** What services can be told of. `webhook.test` goes to one endpoint, when an operator asks for it. */
export const WEBHOOK_EVENT_TYPES = [
  "presence.changed",
  "log_request.changed",
  "alert.opened",
  "alert.resolved",
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number] | "webhook.test";

export const createEndpointSchema = z.strictObject({
  name: z.string().overwrite(legible).trim().min(1).max(80),
  url: z.string().trim().max(2_000),
  eventTypes: z.array(z.enum(WEBHOOK_EVENT_TYPES)).min(1).max(WEBHOOK_EVENT_TYPES.length),
});
export type CreateEndpointInput = z.input<typeof createEndpointSchema>;

export const endpointSchema = z.strictObject({ endpointId: z.uuid("An endpoint id is a UUID") });

export const changeEndpointSchema = endpointSchema.extend({ state: z.enum(["enabled", "disabled"]) });

export const deliverySchema = z.strictObject({ deliveryId: z.coerce.number().int().positive() });

export const listDeliveriesSchema = endpointSchema.extend({
  /** `nextCursor` of the page before. */
  cursor: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** One endpoint as shown: never its secret. Instants are ISO strings in UTC. */
export interface WebhookEndpoint {
  endpointId: string;
  name: string;
  url: string;
  eventTypes: string[];
  enabled: boolean;
  createdAt: string;
  createdBy: string;
  /** Until when the secret before the last rotation signs too. */
  previousSecretUntil: string | null;
  /** Messages that wait to be delivered, and those of the last 24 h that were given up. */
  pending: number;
  failed: number;
  lastDeliveredAt: string | null;
  /** Messages that were not kept, as too many waited already. */
  dropped: number;
}

/** The answer to making or rotating: the only time the secret is told. */
export interface EndpointSecret {
  endpointId: string;
  secret: string;
}

export type DeliveryState = "pending" | "delivered" | "failed";

/** How one attempt ended; `status` is null when no answer came, `reason` when it was delivered. */
export interface DeliveryTry {
  at: string;
  status: number | null;
  reason: string | null;
  tookMs: number;
}

export interface WebhookDelivery {
  deliveryId: number;
  /** The `webhook-id` that the receiver sees. */
  eventId: string;
  type: string;
  state: DeliveryState;
  createdAt: string;
  /** When it is tried next; null once it has ended. */
  nextAt: string | null;
  /** Oldest first. */
  tries: DeliveryTry[];
  bodyBytes: number;
}

export interface DeliveryPage {
  /** Newest first. */
  deliveries: WebhookDelivery[];
  nextCursor: number | null;
}
