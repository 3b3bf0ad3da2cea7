import type { LogRequestState } from "./schemas";

/**
 * The life of a log request.
 *
 *   draft → waiting → sent → delivered → accepted → uploading → received → ready
 *
 * draft: written down, but its time, its turn among many, or the choice from the phone's list of files is still to come.
 * waiting: for the phone to be online. sent: the command is on its way. delivered: the broker says that the phone has it.
 * accepted: the phone has said how much it will send and was given a URL. uploading: it has told of progress. received: the
 * file is in the object store. ready: it was checked, redacted and can be read. Declined, failed, expired and cancelled end it.
 *
 * Three ways lead back: a phone that lists its files first (listed → draft, until somebody chooses), one that cannot now
 * (postponed → waiting), and a file that comes after its time (expired → received, then marked late). A received file is no
 * longer expired: what the phone was asked for has come. An event that has no place in a state changes nothing, so a device's
 * event may arrive twice, late or out of order.
 */
export const LIFE_CYCLE_EVENTS = [
  "begun",
  "dispatched",
  "repeated",
  "delivered",
  "listed",
  "postponed",
  "accepted",
  "progressed",
  "renewed",
  "uploaded",
  "ingested",
  "declined",
  "failed",
  "expired",
  "cancelled",
  "stopped",
] as const;
export type LifeCycleEvent = (typeof LIFE_CYCLE_EVENTS)[number];

const ENDED_BY_US = { expired: "expired", cancelled: "cancelled" } as const;
const ASKED = {
  listed: "draft",
  postponed: "waiting",
  accepted: "accepted",
  declined: "declined",
  failed: "failed",
  ...ENDED_BY_US,
} as const;
const SENDING = { progressed: "uploading", uploaded: "received", failed: "failed", ...ENDED_BY_US } as const;

const TABLE: Record<LogRequestState, Partial<Record<LifeCycleEvent, LogRequestState>>> = {
  draft: { begun: "waiting", ...ENDED_BY_US },
  waiting: { dispatched: "sent", ...ENDED_BY_US },
  sent: { repeated: "sent", delivered: "delivered", ...ASKED },
  delivered: { repeated: "delivered", ...ASKED },
  accepted: { renewed: "accepted", ...SENDING },
  uploading: { renewed: "uploading", ...SENDING },
  received: { ingested: "ready", failed: "failed", cancelled: "cancelled" },
  ready: {},
  declined: {},
  failed: {},
  expired: { uploaded: "received" },
  cancelled: { stopped: "cancelled" },
};

/** The state after an event, or null where the event has no place: then nothing may change. */
export const nextState = (state: LogRequestState, event: LifeCycleEvent): LogRequestState | null =>
  TABLE[state][event] ?? null;

/** States in which an event has a place, for queries that look for candidates. */
export const statesBefore = (event: LifeCycleEvent): LogRequestState[] =>
  (Object.keys(TABLE) as LogRequestState[]).filter((state) => TABLE[state][event] !== undefined);

/** What a phone is told: contract 1, commands. */
export type CommandType = "logs.list" | "logs.upload" | "logs.put" | "logs.cancel";

/** What the phone should know of a request now: said when it comes online, and again on its next connections until it answers. */
export function commandOf(request: {
  state: LogRequestState;
  wantsInventory: boolean;
  cancelPending: boolean;
}): CommandType | null {
  switch (request.state) {
    case "waiting":
    case "sent":
    case "delivered":
      return request.wantsInventory ? "logs.list" : "logs.upload";
    case "accepted":
    case "uploading":
      return "logs.put";
    default:
      return request.cancelPending ? "logs.cancel" : null;
  }
}

/** What sending the state's command does to the life; null: it moves nothing. */
export const eventOfSending = (state: LogRequestState): LifeCycleEvent | null =>
  (["dispatched", "repeated", "renewed"] as const).find((event) => nextState(state, event) !== null) ?? null;

/** How often a phone is told the same before only its own word or the request's end goes on. */
export const MOST_COMMANDS: Record<CommandType, number> = {
  // The growing waits make these some three days, the usual life of a request.
  "logs.list": 80,
  "logs.upload": 80,
  // A guess to revisit: at a quarter of an hour a URL, two hours of trying.
  "logs.put": 9,
  "logs.cancel": 9,
};

const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 60 * 60_000;

/** How long the same is not said again after the n-th time, n from 1: a phone that flaps must not be flooded. Guesses to revisit. */
export const repeatAfterMs = (commands: number): number =>
  Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** Math.min(Math.max(0, commands - 1), 10));
