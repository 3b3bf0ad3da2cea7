import { queryOptions } from "@tanstack/react-query";
import type { ListIncidentsResult } from "@/lib/timeline/list-incidents";
import { getJson } from "./request";

/** What befell the cluster between two ISO instants. */
export const incidentsQuery = (span: { from: string; to: string }) =>
  queryOptions({
    queryKey: ["timeline", "incidents", span] as const,
    queryFn: ({ signal }) =>
      getJson<ListIncidentsResult>(`/api/timeline/incidents?${new URLSearchParams(span).toString()}`, { signal }),
    staleTime: 60_000,
  });
