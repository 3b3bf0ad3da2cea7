import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";
import type { LiveEvent, PresenceState } from "@/lib/events/schemas";
import type {
  FoundClient,
  GetClientResult,
  SearchClientsInput,
  SearchClientsResult,
  SessionHistory,
  VerifyClientResult,
} from "@/lib/presence/schemas";
import type { ListTimelineResult, TimelineKind } from "@/lib/timeline/schemas";
import { getJson, postJson } from "./request";

const search = (input: SearchClientsInput, signal: AbortSignal) =>
  postJson<SearchClientsResult>("/api/presence/search", input, { signal });

/** A search, page by page; the result before stays until the next is there. Keys live in memory only, never in the URL. */
export const searchClientsQuery = (input: Pick<SearchClientsInput, "text" | "states">) =>
  infiniteQueryOptions({
    queryKey: ["presence", "search", input] as const,
    queryFn: ({ signal, pageParam }) => search({ ...input, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

/** A few clients for the palette. */
export async function findClients(text: string, signal: AbortSignal) {
  const result = await search({ text, limit: 6 }, signal);
  return result.clients.map((client) => ({
    clientId: client.clientId,
    state: client.state,
    name: client.name?.map((part) => part.text).join("") ?? null,
    proofAt: client.proofAt,
  }));
}

const clientPath = (clientId: string): string => `/api/presence/${encodeURIComponent(clientId)}`;

/** One client with its evidence. */
export const clientQuery = (clientId: string) =>
  queryOptions({
    queryKey: ["presence", "client", clientId] as const,
    queryFn: ({ signal }) => getJson<GetClientResult>(clientPath(clientId), { signal }),
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
      const changes = new Map(event.clients.map((change) => [change.clientId, change]));
      for (const query of queryClient.getQueryCache().findAll({ queryKey: ["presence", "search"] }))
        queryClient.setQueryData<Pages>(query.queryKey, (data) => data && patched(data, changes));
      for (const clientId of changes.keys()) refetchClient(queryClient, clientId);
      renewOpenSearches(queryClient);
      return;
    }
    case "cluster.nodeChanged":
      // Its clients' states follow from the node's: too many to name in an event.
      void queryClient.invalidateQueries({ queryKey: ["presence"] });
      return;
    case "publish.changed":
      if (event.clientId) void queryClient.invalidateQueries({ queryKey: ["presence", "timeline", event.clientId] });
      return;
    case "diagnostics.changed":
      void queryClient.invalidateQueries({ queryKey: ["presence", "timeline", event.clientId] });
      return;
    default:
  }
}

/** Asks again for all that is shown of one client. */
export function refetchClient(queryClient: QueryClient, clientId: string): void {
  for (const part of ["client", "sessions", "timeline", "explained", "live"])
    void queryClient.invalidateQueries({ queryKey: ["presence", part, clientId] });
}

interface Change {
  state: PresenceState;
  at: number;
  node: string;
}

type Pages = InfiniteData<SearchClientsResult, string | null>;

/** The pages with their clients' changes in place; counts move with them on the first page, where they are read. */
function patched(data: Pages, changes: ReadonlyMap<string, Change>): Pages {
  const counts = { ...data.pages[0]?.counts } as Record<PresenceState, number>;
  let touched = false;
  const patch = (client: FoundClient): FoundClient => {
    const change = changes.get(client.clientId);
    const at = change ? new Date(change.at).toISOString() : "";
    if (!change || at < client.since) return client;
    touched = true;
    counts[client.state] -= 1;
    counts[change.state] += 1;
    return { ...client, state: change.state, since: at, node: change.node, proofKind: "hook", proofAt: at };
  };
  const pages = data.pages.map((page) => ({ ...page, clients: page.clients.map(patch) }));
  const [first, ...later] = pages;
  return first && touched ? { ...data, pages: [{ ...first, counts }, ...later] } : data;
}

// A fleet changes many times a second; what an event cannot patch (counts, who is new) may be this old.
const RENEW_MS = 1_500;
// When the latest renewal was or will be; kept with what it renews.
const RENEWAL_KEY = ["presenceRenewalAt"];

/**
 * Asks again for the searches an event may add someone to: the newest clients, and those that found nobody; at once, then
 * at most once in RENEW_MS. Others are patched only, since each is an operator's look that is recorded.
 */
function renewOpenSearches(queryClient: QueryClient): void {
  const now = Date.now();
  const latest = queryClient.getQueryData<number>(RENEWAL_KEY) ?? 0;
  if (latest > now) return;
  const at = Math.max(now, latest + RENEW_MS);
  queryClient.setQueryData(RENEWAL_KEY, at);
  setTimeout(() => {
    void queryClient.invalidateQueries({
      queryKey: ["presence", "search"],
      refetchType: "active",
      predicate: (query) => {
        const first = (query.state.data as Pages | undefined)?.pages[0];
        return first?.stage === "newest" || first?.clients.length === 0;
      },
    });
  }, at - now);
}
