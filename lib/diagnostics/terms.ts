import type { NextOnline } from "@/lib/presence/schemas";
import type { PresenceState } from "@/lib/events/schemas";
import type { LogRequestState } from "./schemas";

/** Nothing more is waited for in one of these; a file that comes after its request has expired is still taken. */
export const FINAL_STATES = [
  "ready",
  "declined",
  "failed",
  "expired",
  "cancelled",
] as const satisfies LogRequestState[];

export const isFinal = (state: LogRequestState): boolean => (FINAL_STATES as readonly string[]).includes(state);

/** What of a request tells why it waits; its card has all of it. */
export interface WaitingRequest {
  state: LogRequestState;
  stateAt: string;
  startsAt: string | null;
  files: readonly unknown[] | null;
  postponedUntil: string | null;
  announcedBytes: number | null;
  sentBytes: number | null;
  progressedAt: string | null;
  links: number;
  phone: { state: PresenceState; since: string; node: string } | null;
  nextOnline: NextOnline | null;
}

/** Why a request stands still, from what is known of it and its phone; instants are ISO 8601 in UTC. */
export type Standstill =
  /** Its start lies ahead. */
  | { why: "later"; at: string }
  /** The phone listed its files, and nobody has chosen. */
  | { why: "choice"; files: number }
  | { why: "neverSeen" }
  /** We cannot tell whether the phone is online. */
  | { why: "us"; node: string }
  /** The phone is away; `back`: when it usually returns, null where its past does not tell or that time has passed. */
  | { why: "away"; since: string; back: Extract<NextOnline, { status: "estimated" }> | null }
  /** The phone said that it cannot now. */
  | { why: "postponed"; at: string }
  | { why: "goesOut" }
  /** It went out, and the broker has not said that the phone has it. */
  | { why: "underWay"; since: string }
  /** The phone has it and says nothing. */
  | { why: "silent"; since: string }
  /** It has a link and has not begun to send. */
  | { why: "notBegun"; since: string; links: number }
  /** It sends no more. `percent`: how far it came. */
  | { why: "stopped"; percent: number; since: string; links: number };

// A quarter of a log on a slow network comes within it: docs/devices.md, progress at each quarter. A guess to revisit.
const QUIET_MS = 60_000;

/** Why a request stands still at `now`, ms; null when it moves or has ended. One place for the console's words and the services' API. */
export function whyItWaits(card: WaitingRequest, now: number): Standstill | null {
  switch (card.state) {
    case "draft":
      if (card.files !== null) return { why: "choice", files: card.files.length };
      return card.startsAt === null || Date.parse(card.startsAt) <= now
        ? { why: "goesOut" }
        : { why: "later", at: card.startsAt };
    case "waiting":
      if (card.postponedUntil !== null && Date.parse(card.postponedUntil) > now)
        return { why: "postponed", at: card.postponedUntil };
      return ofPhone(card, now) ?? { why: "goesOut" };
    case "sent":
      return ofPhone(card, now) ?? { why: "underWay", since: card.stateAt };
    case "delivered":
      return ofPhone(card, now) ?? { why: "silent", since: card.stateAt };
    case "accepted":
      if (now - Date.parse(card.stateAt) < QUIET_MS) return null;
      return ofPhone(card, now) ?? { why: "notBegun", since: card.stateAt, links: card.links };
    case "uploading": {
      const since = card.progressedAt ?? card.stateAt;
      if (now - Date.parse(since) < QUIET_MS) return null;
      const percent = Math.floor((100 * (card.sentBytes ?? 0)) / Math.max(1, card.announcedBytes ?? 1));
      return { why: "stopped", percent, since, links: card.links };
    }
    default:
      return null;
  }
}

function ofPhone({ phone, nextOnline }: WaitingRequest, now: number): Standstill | null {
  if (!phone) return { why: "neverSeen" };
  if (phone.state === "unknown") return { why: "us", node: phone.node };
  if (phone.state === "online") return null;
  const back = nextOnline?.status === "estimated" && Date.parse(nextOnline.to) > now ? nextOnline : null;
  return { why: "away", since: phone.since, back };
}

/** Lines of a page of a log, as the anchors of its index count them. */
export const PAGE_LINES = 100;

/** Where a page of a filter's lines is: its first line, and all of them where the index knows. */
export interface PagePlace {
  anchor: number;
  numbers: number[] | null;
}

/** The pages of an index. */
export const pagesOf = ({
  anchors,
  numbers,
}: {
  anchors: readonly number[];
  numbers: readonly number[];
}): PagePlace[] =>
  anchors.map((anchor, page) => {
    const own = numbers.slice(page * PAGE_LINES, (page + 1) * PAGE_LINES);
    return { anchor, numbers: own.length > 0 ? own : null };
  });

/** What is asked of the verb for a page. */
export const pageAsked = ({ anchor, numbers }: PagePlace) => ({
  after: Math.max(0, anchor - 0.25),
  limit: PAGE_LINES,
  numbers,
});
