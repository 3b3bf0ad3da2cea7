import { LOG_REQUEST_STATES, PRESENCE_STATES } from "@/lib/events/schemas";
import { EFFECTIVE_SINCE, EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";
import { parseDetail, type FailureDetail, type LogRequestState } from "./schemas";

/** One log request as screens and services see it; instants are ISO 8601 in UTC. */
export interface LogRequestCard {
  id: string;
  clientId: string;
  state: LogRequestState;
  stateAt: string;
  failure: FailureDetail | null;
  reason: string;
  ticket: string | null;
  from: string | null;
  to: string | null;
  maxBytes: number;
  requestedByName: string;
  requestedAt: string;
  expiresAt: string;
  announcedBytes: number | null;
  sentBytes: number | null;
  calls: number | null;
  failedCalls: number | null;
  firstCallAt: string | null;
  lastCallAt: string | null;
  /** The phone now; null when it has no presence. */
  phone: { state: (typeof PRESENCE_STATES)[number]; since: string; node: string } | null;
}

/** A row of `CARD_SQL` as pg gives it. */
export interface CardRow {
  id: string;
  client_id: string;
  state: string;
  state_at: Date;
  detail: string | null;
  reason: string;
  ticket: string | null;
  from_at: Date | null;
  to_at: Date | null;
  max_bytes: number;
  requested_by_name: string;
  requested_at: Date;
  expires_at: Date;
  announced_bytes: number | null;
  sent_bytes: number | null;
  calls: number | null;
  failed_calls: number | null;
  first_call_at: Date | null;
  last_call_at: Date | null;
  phone_state: string | null;
  phone_since: Date | null;
  phone_node: string | null;
}

/** The select of cards, over the alias r (log_requests); a where clause follows. */
export const CARD_SQL = `
  select r.*, n.name as phone_node,
    case when p.client_key is not null then ${EFFECTIVE_STATE} end as phone_state,
    case when p.client_key is not null then ${EFFECTIVE_SINCE} end as phone_since
  from log_requests r left join (${PRESENCE_JOIN}) on c.client_id = r.client_id`;

export function toCard(row: CardRow): LogRequestCard {
  const phoneState = PRESENCE_STATES.find((state) => state === row.phone_state);
  return {
    id: row.id,
    clientId: row.client_id,
    state: LOG_REQUEST_STATES.find((state) => state === row.state) ?? "failed",
    stateAt: row.state_at.toISOString(),
    failure: parseDetail(row.detail),
    reason: row.reason,
    ticket: row.ticket,
    from: row.from_at?.toISOString() ?? null,
    to: row.to_at?.toISOString() ?? null,
    maxBytes: row.max_bytes,
    requestedByName: row.requested_by_name,
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    announcedBytes: row.announced_bytes,
    sentBytes: row.sent_bytes,
    calls: row.calls,
    failedCalls: row.failed_calls,
    firstCallAt: row.first_call_at?.toISOString() ?? null,
    lastCallAt: row.last_call_at?.toISOString() ?? null,
    phone:
      phoneState && row.phone_since && row.phone_node
        ? { state: phoneState, since: row.phone_since.toISOString(), node: row.phone_node }
        : null,
  };
}
