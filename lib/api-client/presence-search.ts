import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";
import type { LiveEvent, PresenceState } from "@/lib/events/schemas";
import type { StateDetail } from "@/lib/presence/schemas";
import type { ClientFilters } from "@/lib/presence/search-filters";
import type {
  CountFoundInput,
  Facets,
  FoundClient,
  FoundCounts,
  SearchClientsInput,
  SearchClientsResult,
  SearchStage,
} from "@/lib/presence/search-schemas";
import { postJson } from "./request";
import { hashToken, tokenIn } from "./token-paste";

/** What is looked for and how it is narrowed; the token's hash instead of a text when a token was pasted. */
export interface Search {
  text: string;
  tokenHash: string | null;
  filters: ClientFilters;
}

const search = (input: SearchClientsInput, signal: AbortSignal) =>
  postJson<SearchClientsResult>("/api/presence/search", input, { signal });

/** A search, page by page; the result before stays until the next is there. Keys live in memory only, never in the URL. */
export const searchClientsQuery = (asked: Search) =>
  infiniteQueryOptions({
    queryKey: ["presence", "search", asked] as const,
    queryFn: ({ signal, pageParam }) => search({ ...asked, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

/** How many a search finds whose first page is not all of it, and which they are; the count before stays until the next is there. */
export const countFoundQuery = ({ text, tokenHash }: Pick<Search, "text" | "tokenHash">, stage: SearchStage) =>
  queryOptions({
    queryKey: [...COUNTS_KEY, { text, tokenHash, stage }] as const,
    queryFn: ({ signal }) =>
      postJson<FoundCounts>("/api/presence/search/counts", { text, tokenHash, stage } satisfies CountFoundInput, {
        signal,
      }),
  });

const COUNTS_KEY = ["presence", "found"] as const;

/** A few clients for the palette. */
export async function findClients(text: string, signal: AbortSignal) {
  const pasted = tokenIn(text);
  const result = await search({ ...(pasted ? { tokenHash: await hashToken(pasted) } : { text }), limit: 6 }, signal);
  return result.clients.map((client) => ({
    clientId: client.clientId,
    state: client.state,
    name: client.name?.map((part) => part.text).join("") ?? null,
    proofAt: client.proofAt,
  }));
}

/** As an event tells it, of a node that answers; or, read after its node changed, with why it is not sure. */
type Change = Extract<LiveEvent, { type: "presence.changed" }>["clients"][number] & { detail?: StateDetail | null };
type Pages = InfiniteData<SearchClientsResult, string | null>;

/** Puts changes of clients in place in every search that shows them; counts move along. */
export function patchSearches(queryClient: QueryClient, changes: readonly Change[]): void {
  const byId = new Map(changes.map((change) => [change.clientId, change]));
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ["presence", "search"] }))
    queryClient.setQueryData<Pages>(query.queryKey, (data) => data && patched(data, byId, isLater));
}

type IsNews = (client: FoundClient, at: string) => boolean;
const isLater: IsNews = (client, at) => at >= client.since;
// What was just read is so, though it began before what was shown: a node that answers again has its sessions back.
const isDifferent: IsNews = () => true;

function patched(data: Pages, changes: ReadonlyMap<string, Change>, isNews: IsNews): Pages {
  const moved = new Map<PresenceState, number>();
  const move = (state: PresenceState, by: number) => moved.set(state, (moved.get(state) ?? 0) + by);
  let touched = false;
  const patch = (client: FoundClient): FoundClient => {
    const change = changes.get(client.clientId);
    const at = change ? new Date(change.at).toISOString() : "";
    if (!change || !isNews(client, at)) return client;
    touched = true;
    move(client.state, -1);
    move(change.state, 1);
    const proof = { proofKind: change.correction ? ("verify" as const) : ("hook" as const), proofAt: at };
    const { state, node, detail = null } = change;
    return { ...client, state, since: at, node, ...proof, detail, doubtedSince: null };
  };
  const pages = data.pages.map((page) => ({ ...page, clients: page.clients.map(patch) }));
  if (!touched) return data;
  return { ...data, pages: pages.map((page) => ({ ...page, facets: page.facets && withMoved(page.facets, moved) })) };
}

const withMoved = (facets: Facets, moved: ReadonlyMap<PresenceState, number>): Facets => ({
  ...facets,
  states: {
    online: facets.states.online + (moved.get("online") ?? 0),
    unknown: facets.states.unknown + (moved.get("unknown") ?? 0),
    offline_queued: facets.states.offline_queued + (moved.get("offline_queued") ?? 0),
    offline_gone: facets.states.offline_gone + (moved.get("offline_gone") ?? 0),
  },
});

/** Asks for the states of all clients shown by searches, and of nothing else of them: so it is no further look at people. */
export async function refreshSearches(queryClient: QueryClient): Promise<void> {
  const shown = queryClient
    .getQueriesData<Pages>({ queryKey: ["presence", "search"], type: "active" })
    .flatMap(([, data]) => data?.pages.flatMap((page) => page.clients.map((client) => client.clientId)) ?? []);
  for (let start = 0; start < shown.length; start += STATES_AT_ONCE) {
    const clientIds = shown.slice(start, start + STATES_AT_ONCE);
    const { states } = await postJson<{ states: Change[] }>("/api/presence/states", { clientIds });
    const byId = new Map(states.map((state) => [state.clientId, state]));
    for (const query of queryClient.getQueryCache().findAll({ queryKey: ["presence", "search"] }))
      queryClient.setQueryData<Pages>(query.queryKey, (data) => data && patched(data, byId, isDifferent));
  }
}

const STATES_AT_ONCE = 500;

// A fleet changes many times a second; what an event cannot patch (counts, who is new) may be this old.
const RENEW_MS = 1_500;
// When the latest renewal was or will be; kept with what it renews.
const RENEWAL_KEY = ["presenceRenewalAt"];

/**
 * Asks again for the searches an event may add someone to: the newest clients, and those that found nobody; at once, then
 * at most once in RENEW_MS. Others are patched only, since each is an operator's look that is recorded.
 */
export function renewOpenSearches(queryClient: QueryClient): void {
  const now = Date.now();
  const latest = queryClient.getQueryData<number>(RENEWAL_KEY) ?? 0;
  if (latest > now) return;
  const at = Math.max(now, latest + RENEW_MS);
  queryClient.setQueryData(RENEWAL_KEY, at);
  setTimeout(() => {
    void queryClient.invalidateQueries({
      queryKey: COUNTS_KEY,
      refetchType: "active",
      predicate: ({ queryKey }) => (queryKey[2] as { stage: SearchStage }).stage === "newest",
    });
    void queryClient.invalidateQueries({
      queryKey: ["presence", "search"],
      refetchType: "active",
      predicate: (query) => {
        const data = query.state.data as Pages | undefined;
        const first = data?.pages[0];
        // A list read far down stays as it is: its later pages would all be asked for again.
        return (first?.stage === "newest" && data?.pages.length === 1) || first?.clients.length === 0;
      },
    });
  }, at - now);
}
