import type { PresenceReport } from "@/lib/presence/schemas";

/**
 * Which changes of presence are told to webhooks, and when. Notifications only say that something happened to a client; what is told
 * is what the store says when its time has come, so that what passed meanwhile is left out.
 *
 * A client: (nothing) → held, until now when it came online, until `GRACE_MS` after it went offline → asked → told, or dropped because
 * nothing changed for who listens: an offline shorter than the grace, back on the same node, is a blip and never told.
 *
 * Bounds: at most `MOST_HELD` clients wait; more are dropped and counted, and the count is told. What was told last is remembered of
 * the `mostTold` latest clients; of others a change may be told that was told before.
 */
export interface PresenceGrace {
  hear: (heard: { clientId: string; isOffline: boolean }, nowMs: number) => void;
  /** Clients whose time has come, oldest first, at most `most`. They are no longer held. */
  take: (nowMs: number, most: number) => string[];
  /** What to tell of a client that was taken, by what the store says now; null: nothing, or not yet. */
  judge: (report: PresenceReport, now: Date) => ToldClient | null;
  /** Since the last call: clients that were not held, as too many were. */
  dropped: () => number;
  held: () => number;
}

/** A client as it is told, with what was told of it before; null: not known any more. */
export type ToldClient = PresenceReport & { before: PresenceReport["state"] | null };

/** An offline shorter than this is a blip. [presence.md, rule 9] */
export const GRACE_MS = 10_000;
// About 200 bytes each.
const MOST_HELD = 200_000;

interface Held {
  dueMs: number;
  /** An ending was heard while it was held: if it is online now, it was away for less than the grace. */
  wasOffline: boolean;
}

interface Told {
  state: PresenceReport["state"];
  node: string;
  since: string;
}

export function createPresenceGrace(told: {
  get: (clientId: string) => Told | undefined;
  set: (clientId: string, told: Told) => void;
}): PresenceGrace {
  const held = new Map<string, Held>();
  const taken = new Map<string, Held>();
  let dropped = 0;

  const hold = (clientId: string, next: Held): void => {
    const before = held.get(clientId);
    if (!before && held.size >= MOST_HELD) {
      dropped += 1;
      return;
    }
    held.set(clientId, { dueMs: next.dueMs, wasOffline: next.wasOffline || (before?.wasOffline ?? false) });
  };

  return {
    hear: ({ clientId, isOffline }, nowMs) =>
      hold(clientId, { dueMs: isOffline ? nowMs + GRACE_MS : nowMs, wasOffline: isOffline }),
    take: (nowMs, most) => {
      taken.clear();
      for (const [clientId, entry] of held) {
        if (taken.size >= most) break;
        if (entry.dueMs > nowMs) continue;
        taken.set(clientId, entry);
        held.delete(clientId);
      }
      return [...taken.keys()];
    },
    judge: (report, now) => {
      const { clientId, state, node, since } = report;
      const entry = taken.get(clientId);
      const isOffline = state === "offline_queued" || state === "offline_gone";
      const dueMs = Date.parse(since) + GRACE_MS;
      // It came and went again while it was held, or went while the store was asked.
      if (isOffline && dueMs > now.getTime()) {
        hold(clientId, { dueMs, wasOffline: true });
        return null;
      }
      const before = told.get(clientId);
      told.set(clientId, { state, node, since });
      if (before && isSame(before, report, entry)) return null;
      // Never told of before: it can only have gone offline from online.
      if (!before && state === "online" && entry?.wasOffline) return null;
      return { ...report, before: before?.state ?? null };
    },
    dropped: () => {
      const count = dropped;
      dropped = 0;
      return count;
    },
    held: () => held.size,
  };
}

/** Whether who was told of `before` knows all that matters of `report`. */
function isSame(before: Told, report: PresenceReport, entry: Held | undefined): boolean {
  if (before.state !== report.state) return false;
  if (before.since === report.since && before.node === report.node) return true;
  if (report.state !== "online") return before.node === report.node;
  // Another session: a blip on the same node is not told, a hand-over to another node is.
  return entry?.wasOffline === true && before.node === report.node;
}
