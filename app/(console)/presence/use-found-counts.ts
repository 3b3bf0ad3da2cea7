"use client";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { countFoundQuery, type Search } from "@/lib/api-client/presence-search";
import type { FoundCounts, SearchClientsResult } from "@/lib/presence/search-schemas";

/**
 * How many a search found, whatever its filters: said by its first page where that is all, otherwise asked for; null until it is known.
 * `isBefore`: the page is still that of the search before, and so are its counts.
 */
export function useFoundCounts(
  search: Search,
  { first, isBefore }: { first: SearchClientsResult | undefined; isBefore: boolean },
): FoundCounts | null {
  const asked = countFoundQuery(search, first?.stage ?? "newest");
  const isAsked = first !== undefined && first.total === null && !isBefore;
  const { data } = useQuery({
    ...(isAsked ? asked : { queryKey: asked.queryKey, queryFn: skipToken }),
    ...(isBefore ? { placeholderData: keepPreviousData } : {}),
  });
  if (first?.total && first.facets) return { total: first.total, facets: first.facets };
  return data ?? null;
}
