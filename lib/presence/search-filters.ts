import type { PresenceState } from "@/lib/events/schemas";

/** Names and lengths of filters, apart from their schemas so that a page need not load those. */

/** Lengths of "seen lately", by the name they have in a URL. */
export const SEEN_WITHIN_MS = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
} as const;
export const SEEN_NAMES = ["hour", "day", "week", "month"] as const satisfies readonly (keyof typeof SEEN_WITHIN_MS)[];
export type SeenName = (typeof SEEN_NAMES)[number];

/** The oldest proof that is "seen lately". */
export const seenSince = (seen: SeenName, now: Date): Date => new Date(now.getTime() - SEEN_WITHIN_MS[seen]);

export const SESSION_KINDS = ["persistent", "clean"] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

/** Which of the found are shown; an empty list or null does not narrow. Not personal data: these stand in URLs. */
export interface ClientFilters {
  states: PresenceState[];
  nodes: string[];
  platforms: string[];
  appVersions: string[];
  /** The proof of its state is no older. */
  seen: SeenName | null;
  flapping: boolean;
  session: SessionKind | null;
}

/** True when nothing is narrowed. */
export const isUnfiltered = (filters: ClientFilters): boolean =>
  filters.states.length + filters.nodes.length + filters.platforms.length + filters.appVersions.length === 0 &&
  !filters.seen &&
  !filters.flapping &&
  !filters.session;
