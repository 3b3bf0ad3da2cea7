import { Prisma } from "@/lib/db/generated/client";
import type { LogRequestState } from "./schemas";

/** A log request as those see it who move it on. */
export interface OpenRequest {
  id: string;
  clientId: string;
  state: LogRequestState;
  fromAt: Date | null;
  toAt: Date | null;
  maxBytes: number;
  onlyFailed: boolean;
  wifiOnly: boolean;
  /** The phone is asked for its list of files and has not given it. */
  wantsInventory: boolean;
  announcedBytes: number | null;
  sentBytes: number | null;
  /** How often the present command went out. */
  commands: number;
  cancelPending: boolean;
  heardEventId: number;
  /** The end of the request: a command older than that is not to be obeyed. */
  expiresAt: Date;
}

/** The columns of an `OpenRequest`, over the alias r (log_requests). */
export const OPEN_REQUEST = Prisma.raw(`r.id::text, r.client_id as "clientId", r.state, r.from_at as "fromAt",
  r.to_at as "toAt", r.max_bytes::float8 as "maxBytes", r.only_failed as "onlyFailed", r.wifi_only as "wifiOnly",
  r.inventory_first and r.inventory is null as "wantsInventory", r.announced_bytes::float8 as "announcedBytes",
  r.sent_bytes::float8 as "sentBytes", r.commands, r.cancel_pending as "cancelPending",
  r.heard_event_id::float8 as "heardEventId", r.expires_at as "expiresAt"`);
