import type { LogRequestState } from "./schemas";

/**
 * The life of a log request.
 *
 *   waiting → sent → accepted → uploading → received → ready
 *
 * waiting: for the phone to be online. sent: the command is on its way or with the phone. accepted: the phone has said how
 * much it will send and was given a URL. uploading: it has told of progress. received: the file is in the object store.
 * ready: it was checked, redacted and can be read. Declined, failed, expired and cancelled end it.
 *
 * A received file is no longer expired: what the phone was asked for has come. An event that has no place in a state changes
 * nothing, so a device's event may arrive twice, late or out of order.
 */
export const LIFE_CYCLE_EVENTS = [
  "dispatched",
  "accepted",
  "progressed",
  "renewed",
  "uploaded",
  "ingested",
  "declined",
  "failed",
  "expired",
  "cancelled",
] as const;
export type LifeCycleEvent = (typeof LIFE_CYCLE_EVENTS)[number];

const TABLE: Record<LogRequestState, Partial<Record<LifeCycleEvent, LogRequestState>>> = {
  waiting: { dispatched: "sent", expired: "expired", cancelled: "cancelled" },
  sent: { accepted: "accepted", declined: "declined", failed: "failed", expired: "expired", cancelled: "cancelled" },
  accepted: {
    progressed: "uploading",
    renewed: "accepted",
    uploaded: "received",
    failed: "failed",
    expired: "expired",
    cancelled: "cancelled",
  },
  uploading: {
    progressed: "uploading",
    renewed: "uploading",
    uploaded: "received",
    failed: "failed",
    expired: "expired",
    cancelled: "cancelled",
  },
  received: { ingested: "ready", failed: "failed", cancelled: "cancelled" },
  ready: {},
  declined: {},
  failed: {},
  expired: {},
  cancelled: {},
};

/** The state after an event, or null where the event has no place: then nothing may change. */
export const nextState = (state: LogRequestState, event: LifeCycleEvent): LogRequestState | null =>
  TABLE[state][event] ?? null;

/** States in which an event has a place, for queries that look for candidates. */
export const statesBefore = (event: LifeCycleEvent): LogRequestState[] =>
  (Object.keys(TABLE) as LogRequestState[]).filter((state) => TABLE[state][event] !== undefined);
