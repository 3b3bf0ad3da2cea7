import { randomUUID } from "node:crypto";
import type { Transaction } from "@/lib/db/database";
import type { WebhookEventType } from "./schemas";

/** One fact to tell. `data` is what the type's documentation says (docs/services.md); no secret and no more of a person than it must. */
export interface WebhookEvent {
  type: WebhookEventType;
  /** When it happened. */
  at: Date;
  data: Readonly<Record<string, unknown>>;
}

// An endpoint that is down for a day at one message a second would have 86 400; who waits that long asks anew instead.
const MOST_PENDING = 20_000;

/**
 * Machine write: queues a message for every enabled endpoint that wants its type (or the one given), in the caller's transaction: it
 * is delivered, at least once, if and only if that commits. An endpoint for which too many wait already gets none, and its `dropped`
 * counts it. Returns how many endpoints will be told.
 */
export async function queueWebhook(
  db: Pick<Transaction, "$queryRaw">,
  event: WebhookEvent,
  endpointId: string | null = null,
): Promise<number> {
  const eventId = `evt_${randomUUID()}`;
  const body = JSON.stringify({ type: event.type, timestamp: event.at.toISOString(), data: event.data });
  const queued = await db.$queryRaw<unknown[]>`
    with target as materialized (
      select e.id, (select count(*) from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'pending') as pending
      from webhook_endpoints e
      where e.enabled and case when ${endpointId}::uuid is null then ${event.type} = any(e.event_types) else e.id = ${endpointId}::uuid end
    ), dropped as (
      update webhook_endpoints e set dropped = e.dropped + 1 from target t where t.id = e.id and t.pending >= ${MOST_PENDING}
    )
    insert into webhook_deliveries (endpoint_id, event_id, type, body)
    select id, ${eventId}, ${event.type}, ${body} from target where pending < ${MOST_PENDING} returning id`;
  return queued.length;
}

/** Whether any enabled endpoint wants to be told of a type: where gathering what to tell costs something. */
export async function isWebhookWanted(db: Pick<Transaction, "$queryRaw">, type: WebhookEventType): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`
    select 1 as wanted from webhook_endpoints where enabled and ${type} = any(event_types) limit 1`;
  return found.length > 0;
}
