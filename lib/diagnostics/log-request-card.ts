import { LOG_REQUEST_STATES, PRESENCE_STATES } from "@/lib/events/schemas";
import { EFFECTIVE_SINCE, EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";
import type { NextOnline } from "@/lib/presence/schemas";
import type { LogFile } from "./device-event";
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
  onlyFailed: boolean;
  wifiOnly: boolean;
  startsAt: string | null;
  inventoryFirst: boolean;
  /** The files the phone listed; null before it did. */
  files: LogFile[] | null;
  bulkId: string | null;
  requestedByName: string;
  requestedAt: string;
  expiresAt: string;
  /** Until when it is not asked, as the phone said that it cannot now. */
  postponedUntil: string | null;
  announcedBytes: number | null;
  sentBytes: number | null;
  progressedAt: string | null;
  /** How many links to upload the phone was given; 0 before the first. */
  links: number;
  /** The file came after the request had expired. */
  late: boolean;
  calls: number | null;
  failedCalls: number | null;
  firstCallAt: string | null;
  lastCallAt: string | null;
  /** The phone now; null when it has no presence. */
  phone: { state: (typeof PRESENCE_STATES)[number]; since: string; node: string } | null;
  /** When a phone that was away is usually back, as estimated within the hour; null: not yet. */
  nextOnline: NextOnline | null;
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
  only_failed: boolean;
  wifi_only: boolean;
  starts_at: Date | null;
  inventory_first: boolean;
  inventory: LogFile[] | null;
  bulk_id: string | null;
  requested_by_name: string;
  requested_at: Date;
  expires_at: Date;
  commanded_at: Date | null;
  commands: number;
  retry_at: Date | null;
  announced_bytes: number | null;
  sent_bytes: number | null;
  progressed_at: Date | null;
  late: boolean;
  calls: number | null;
  failed_calls: number | null;
  first_call_at: Date | null;
  last_call_at: Date | null;
  phone_state: string | null;
  phone_since: Date | null;
  phone_node: string | null;
  next_online: NextOnline | null;
}

/** The select of cards, over the alias r (log_requests); a where clause follows. */
export const CARD_SQL = `
  select r.*, n.name as phone_node,
    case when p.client_key is not null then ${EFFECTIVE_STATE} end as phone_state,
    case when p.client_key is not null then ${EFFECTIVE_SINCE} end as phone_since
  from log_requests r left join (${PRESENCE_JOIN}) on c.client_id = r.client_id`;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

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
    from: iso(row.from_at),
    to: iso(row.to_at),
    maxBytes: row.max_bytes,
    onlyFailed: row.only_failed,
    wifiOnly: row.wifi_only,
    startsAt: iso(row.starts_at),
    inventoryFirst: row.inventory_first,
    files: row.inventory,
    bulkId: row.bulk_id,
    requestedByName: row.requested_by_name,
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    // One that waits was told before only where the phone put it off.
    postponedUntil: row.state === "waiting" && row.commands > 0 ? iso(row.retry_at) : null,
    announcedBytes: row.announced_bytes,
    sentBytes: row.sent_bytes,
    progressedAt: iso(row.progressed_at),
    links: row.announced_bytes === null ? 0 : row.commands,
    late: row.late,
    calls: row.calls,
    failedCalls: row.failed_calls,
    firstCallAt: iso(row.first_call_at),
    lastCallAt: iso(row.last_call_at),
    phone:
      phoneState && row.phone_since && row.phone_node
        ? { state: phoneState, since: row.phone_since.toISOString(), node: row.phone_node }
        : null,
    nextOnline: row.next_online,
  };
}
