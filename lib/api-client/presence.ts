import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import type { LiveEvent } from "@/lib/events/schemas";
import type { GetClientResult, SessionHistory, VerifyClientResult } from "@/lib/presence/schemas";
import type { ListTimelineResult, TimelineKind } from "@/lib/timeline/schemas";
import { patchSearches, refreshSearches, renewOpenSearches } from "./presence-search";
import { getJson, postJson } from "./request";

const clientPath = (clientId: string): string => `/api/presence/${encodeURIComponent(clientId)}`;

// A doubt is answered within seconds; an answer that only agrees changes nothing, so no event tells of it.
const DOUBTED_MS = 2_000;

/** One client with its evidence; asked for again while the broker is being asked about it. */
export const clientQuery = (clientId: string) =>
  queryOptions({
    queryKey: ["presence", "client", clientId] as const,
    queryFn: ({ signal }) => getJson<GetClientResult>(clientPath(clientId), { signal }),
    refetchInterval: ({ state: { data } }) =>
      data?.status === "known" && data.client.presence?.doubtedSince ? DOUBTED_MS : false,
  });

/** A stretch of a client's history, ISO; without an end: up to now. */
export interface HistorySpan {
  from: string;
  to?: string;
}

/** Its sessions in a span. */
export const sessionsQuery = (clientId: string, span: HistorySpan) =>
  queryOptions({
    queryKey: ["presence", "sessions", clientId, span] as const,
    queryFn: ({ signal }) =>
      getJson<SessionHistory>(`${clientPath(clientId)}/sessions?${new URLSearchParams({ ...span }).toString()}`, {
        signal,
      }),
  });

/** A client's story, page by page; `kind` null is all of it, `span` null all that is kept. */
export const timelineQuery = (clientId: string, kind: TimelineKind | null, span: HistorySpan | null = null) =>
  infiniteQueryOptions({
    queryKey: ["presence", "timeline", clientId, kind, span] as const,
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({
        ...span,
        ...(kind ? { kind } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
      });
      return getJson<ListTimelineResult>(`${clientPath(clientId)}/timeline?${asked.toString()}`, { signal });
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor,
  });

/** Asks the broker about one client now; what it says is recorded, and told by events when it corrects what is known. */
export const verifyClient = (clientId: string) => postJson<VerifyClientResult>(`${clientPath(clientId)}/verify`, {});

/** Patches what is shown of clients in place, and asks again for what an event cannot tell. */
export function applyPresenceEvent(queryClient: QueryClient, event: LiveEvent): void {
  switch (event.type) {
    case "presence.changed": {
      patchSearches(queryClient, event.clients);
      for (const { clientId } of event.clients) refetchClient(queryClient, clientId);
      renewOpenSearches(queryClient);
      return;
    }
    case "cluster.nodeChanged":
      // Its clients' states follow from the node's: too many to name in an event.
      for (const part of ["client", "sessions", "timeline"])
        void queryClient.invalidateQueries({ queryKey: ["presence", part] });
      void refreshSearches(queryClient);
      return;
    case "publish.changed":
      if (event.clientId) refetchTimeline(queryClient, event.clientId);
      return;
    case "publish.settled":
      for (const [, , clientId] of event.messages) if (clientId) refetchTimeline(queryClient, clientId);
      return;
    case "diagnostics.changed":
      refetchTimeline(queryClient, event.clientId);
      return;
    default:
  }
}

const refetchTimeline = (queryClient: QueryClient, clientId: string): void =>
  void queryClient.invalidateQueries({ queryKey: ["presence", "timeline", clientId] });

/** Asks again for all that is shown of one client. */
export function refetchClient(queryClient: QueryClient, clientId: string): void {
  for (const part of ["client", "sessions", "timeline", "explained", "live", "nextOnline"])
    void queryClient.invalidateQueries({ queryKey: ["presence", part, clientId] });
}
