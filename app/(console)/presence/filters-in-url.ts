import { parseAsArrayOf, parseAsBoolean, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { PRESENCE_STATES } from "@/lib/events/schemas";
import { SEEN_NAMES, SESSION_KINDS, type ClientFilters } from "@/lib/presence/search-filters";

/** How filters stand in the URL; nothing of a person ever does. */
export const FILTERS_IN_URL = {
  state: parseAsArrayOf(parseAsStringLiteral(PRESENCE_STATES)).withDefault([]),
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
