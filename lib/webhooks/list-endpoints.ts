import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { WebhookEndpoint } from "./schemas";

interface Row {
  id: string;
  name: string;
  url: string;
  event_types: string[];
  enabled: boolean;
  created_at: Date;
  created_by: string;
  previous_secret_until: Date | null;
  pending: number;
  failed: number;
  last_delivered_at: Date | null;
  dropped: number;
}

/** Every endpoint with how its messages fare, in order of their names. There are at most 50. */
export const listWebhookEndpoints = readVerb({
  permission: "access.read",
  input: z.object({}),
  work: async (ctx): Promise<WebhookEndpoint[]> => {
    const { rows } = await ctx.db.pool.query<Row>(
      `select e.id::text, e.name, e.url, e.event_types, e.enabled, e.created_at, e.created_by, e.dropped,
         case when e.previous_secret_until > now() then e.previous_secret_until end as previous_secret_until,
         (select count(*)::int from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'pending') as pending,
         (select count(*)::int from webhook_deliveries d
            where d.endpoint_id = e.id and d.state = 'failed' and d.ended_at > now() - interval '1 day') as failed,
         (select max(d.ended_at) from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'delivered') as last_delivered_at
       from webhook_endpoints e order by e.name, e.id`,
    );
    return rows.map((row) => ({
      endpointId: row.id,
      name: row.name,
      url: row.url,
      eventTypes: row.event_types,
      enabled: row.enabled,
      createdAt: row.created_at.toISOString(),
      createdBy: row.created_by,
      previousSecretUntil: row.previous_secret_until?.toISOString() ?? null,
      pending: row.pending,
      failed: row.failed,
      lastDeliveredAt: row.last_delivered_at?.toISOString() ?? null,
      dropped: row.dropped,
    }));
  },
});
