import { parseAsArrayOf, parseAsBoolean, parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { PresenceState } from "@/lib/events/schemas";
import type { ClientFilters } from "@/lib/presence/search-filters";
import { NO_FILTERS } from "./no-filters";

/** The states in the order of their chips. */
export const STATE_ORDER = [
  "online",
  "offline_queued",
  "offline_gone",
  "unknown",
] as const satisfies readonly PresenceState[];
export const SEEN_NAMES = ["hour", "day", "week", "month"] as const satisfies readonly ClientFilters["seen"][];
export const SESSION_KINDS = ["persistent", "clean"] as const satisfies readonly ClientFilters["session"][];

/** How filters stand in the URL; nothing of a person ever does. */
export const FILTERS_IN_URL = {
  state: parseAsArrayOf(parseAsStringLiteral(STATE_ORDER)).withDefault([]),
  node: parseAsArrayOf(parseAsString).withDefault([]),
  platform: parseAsArrayOf(parseAsString).withDefault([]),
  version: parseAsArrayOf(parseAsString).withDefault([]),
  seen: parseAsStringLiteral(SEEN_NAMES),
  flapping: parseAsBoolean.withDefault(false),
  session: parseAsStringLiteral(SESSION_KINDS),
};

interface FiltersOfUrl {
  state: ClientFilters["states"];
  node: string[];
  platform: string[];
  version: string[];
  seen: ClientFilters["seen"];
  flapping: boolean;
  session: ClientFilters["session"];
}

export const toFilters = (url: FiltersOfUrl): ClientFilters => ({
  states: url.state,
  nodes: url.node,
  platforms: url.platform,
  appVersions: url.version,
  seen: url.seen,
  flapping: url.flapping,
  session: url.session,
});

/** True when nothing is narrowed. */
export const isUnfiltered = (filters: ClientFilters): boolean =>
  JSON.stringify({ ...NO_FILTERS, ...filters }) === JSON.stringify(NO_FILTERS);
