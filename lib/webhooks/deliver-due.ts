import type { Pool } from "pg";
import { unseal } from "@/lib/crypto/seal";
import { openingKeys } from "@/lib/env/sealing-key";
import type { Context } from "@/lib/rbac/context";
import { written } from "@/lib/sentence";
import { deliverSigned, type DeliveryAttempt, type DeliveryOptions } from "./deliver-signed";
import type { DeliveryTry } from "./schemas";

// Standard Webhooks' schedule: about three days in all.
const WAIT_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
// Above the longest attempt: a worker that died leaves its message to another after this.
const LEASE_SECONDS = 60;
// So that those who failed together are not all tried at once again.
const JITTER = 0.1;

interface DueRow {
  id: number;
  endpoint_id: string;
  event_id: string;
  body: string;
  attempts: number;
  url: string;
  secret_sealed: Uint8Array;
  /** Null once its time is over. */
  previous_secret_sealed: Uint8Array | null;
}

/** Endpoints with a message that is due now. */
export async function listDueEndpoints(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id::text from webhook_endpoints e where e.enabled and exists (
       select 1 from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'pending' and d.next_at <= now())`,
  );
  return rows.map((row) => row.id);
}

/**
 * Machine write: sends an endpoint's due messages, oldest first and one at a time, until none is due or the signal aborts. A message
 * leaves at least once: one that a dying worker had taken is sent again by another, with the same id. Returns how many were sent.
 */
export async function deliverDue(
  ctx: Context,
  given: { endpointId: string; signal: AbortSignal; delivery?: DeliveryOptions },
): Promise<{ delivered: number; failed: number }> {
  const total = { delivered: 0, failed: 0 };
  while (!given.signal.aborted) {
    const due = await takeOne(ctx.db.pool, given.endpointId);
    if (!due) break;
    const at = ctx.now();
    const attempt = await attemptOf(due, given.delivery);
    await record(ctx, { due, attempt, at });
    total[attempt.outcome === "delivered" ? "delivered" : "failed"] += 1;
  }
  return total;
}

async function takeOne(pool: Pool, endpointId: string): Promise<DueRow | null> {
  const { rows } = await pool.query<DueRow>(
    `update webhook_deliveries d set attempts = d.attempts + 1, next_at = now() + ${LEASE_SECONDS} * interval '1 second'
     from (select id from webhook_deliveries where endpoint_id = $1 and state = 'pending' and next_at <= now()
           order by next_at, id limit 1 for update skip locked) due,
       webhook_endpoints e
     where d.id = due.id and e.id = d.endpoint_id and e.enabled
     returning d.id, d.endpoint_id, d.event_id, d.body, d.attempts, e.url, e.secret_sealed,
       case when e.previous_secret_until > now() then e.previous_secret_sealed end as previous_secret_sealed`,
    [endpointId],
  );
  return rows[0] ?? null;
}

async function attemptOf(due: DueRow, delivery?: DeliveryOptions): Promise<DeliveryAttempt> {
  const secrets = secretsOf(due);
  if (!secrets)
    return { outcome: "failed", reason: written("The secret cannot be read: is SEALING_KEY another?"), tookMs: 0 };
  return deliverSigned({ url: due.url, secrets, event: { eventId: due.event_id, body: due.body } }, delivery);
}

function secretsOf(due: DueRow): string[] | null {
  const sealed = [due.secret_sealed, due.previous_secret_sealed].filter((secret) => secret !== null);
  try {
    return sealed.map((secret) => unseal(secret, { keys: openingKeys(), about: due.endpoint_id }));
  } catch {
    // Told as the attempt's reason, where an operator sees it; it is tried again when the key is mended.
    return null;
  }
}

async function record(
  ctx: Context,
  { due, attempt, at }: { due: DueRow; attempt: DeliveryAttempt; at: Date },
): Promise<void> {
  const waitSeconds = WAIT_SECONDS[due.attempts - 1];
  const state = attempt.outcome === "delivered" ? "delivered" : waitSeconds === undefined ? "failed" : "pending";
  const told: DeliveryTry = {
    at: at.toISOString(),
    status: attempt.outcome === "failed" ? null : attempt.status,
    reason: attempt.outcome === "delivered" ? null : attempt.reason,
    tookMs: attempt.tookMs,
  };
  await ctx.db.pool.query(
    `update webhook_deliveries set state = $2, tries = tries || $3::jsonb,
       next_at = now() + $4 * interval '1 second', ended_at = case when $2 <> 'pending' then now() end
     where id = $1 and state = 'pending'`,
    [due.id, state, JSON.stringify([told]), (waitSeconds ?? 0) * (1 + JITTER * Math.random())],
  );
}

// What was delivered is kept for a look, what was given up long enough to be replayed.
const KEEP_DELIVERED = "1 day";
const KEEP_FAILED = "7 days";
const BATCH = 2_000;

/** Machine write by the clock: removes messages that ended long enough ago. Returns how many went. */
export async function forgetOldDeliveries(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from webhook_deliveries where id in (
       select id from webhook_deliveries where state <> 'pending'
         and ended_at < now() - case state when 'delivered' then interval '${KEEP_DELIVERED}' else interval '${KEEP_FAILED}' end
       order by ended_at limit ${BATCH})`,
  );
  return rowCount ?? 0;
}
