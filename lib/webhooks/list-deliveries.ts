import { readVerb } from "@/lib/audit/verb";
import { keptSentence, type Say } from "@/lib/sentence";
import { listDeliveriesSchema, type DeliveryPage, type DeliveryState, type DeliveryTry } from "./schemas";

interface Row {
  id: number;
  event_id: string;
  type: string;
  state: DeliveryState;
  created_at: Date;
  next_at: Date;
  tries: DeliveryTry[];
  body_bytes: number;
}

/** An endpoint's messages, newest first, with every attempt; without what they say. */
export const listWebhookDeliveries = readVerb({
  permission: "access.read",
  input: listDeliveriesSchema,
  work: async (ctx, { endpointId, cursor, limit }): Promise<DeliveryPage> => {
    const { rows } = await ctx.db.pool.query<Row>(
      `select id, event_id, type, state, created_at, next_at, tries, octet_length(body) as body_bytes
       from webhook_deliveries where endpoint_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
      [endpointId, cursor ?? null, limit + 1],
    );
    const shown = rows.slice(0, limit);
    return {
      deliveries: shown.map((row) => ({
        deliveryId: row.id,
        eventId: row.event_id,
        type: row.type,
        state: row.state,
        createdAt: row.created_at.toISOString(),
        nextAt: row.state === "pending" ? row.next_at.toISOString() : null,
        tries: row.tries,
        bodyBytes: row.body_bytes,
      })),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});

/** The same for an operator, with the reasons in their language. */
export const deliveriesSaid = (page: DeliveryPage, say: Say): DeliveryPage => ({
  ...page,
  deliveries: page.deliveries.map((delivery) => ({
    ...delivery,
    tries: delivery.tries.map((one) => ({
      ...one,
      reason: one.reason === null ? null : say(keptSentence(one.reason)),
    })),
  })),
});
