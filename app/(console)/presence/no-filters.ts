import type { ClientFilters } from "@/lib/presence/search-filters";

/** Nothing narrowed. */
export const NO_FILTERS: ClientFilters = {
  states: [],
  nodes: [],
  platforms: [],
  appVersions: [],
  seen: null,
  flapping: false,
  session: null,
};
