import type { Query, QueryClient } from "@tanstack/react-query";
import { postJson } from "./request";

// After a page has drawn what it read; the server keeps what changes for three seconds.
const PAUSE_MS = 150;
const MOST_CLIENTS = 1_000;

/**
 * Tells the server which clients this tab shows, whenever that changes: those named in the results of queries that are looked
 * at. So the tab hears of these alone, and of a storm only that there is one. Returns what says which stream is open, and what
 * ends the watch.
 */
export function watchShownClients(queryClient: QueryClient): {
  onStream: (streamId: string) => void;
  stop: () => void;
} {
  let streamId: string | null = null;
  let told = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    timer = undefined;
    const clientIds = shownClients(queryClient);
    const saying = `${streamId} ${clientIds.join(" ")}`;
    if (streamId === null || saying === told) return;
    told = saying;
    // Untold, the tab goes on hearing of every client, or misses what it shows until the next change: so once more, later.
    postJson("/api/events/watch", { streamId, clientIds }).catch(() => {
      told = "";
    });
  };
  const soon = (): void => {
    timer ??= setTimeout(tell, PAUSE_MS);
  };
  const unsubscribe = queryClient.getQueryCache().subscribe(({ type }) => {
    if (type === "updated" || type === "observerAdded" || type === "observerRemoved") soon();
  });
  return {
    onStream: (opened) => {
      streamId = opened;
      soon();
    },
    stop: () => {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}

function shownClients(queryClient: QueryClient): string[] {
  const found = new Set<string>();
  const active = queryClient.getQueryCache().findAll({ type: "active" });
  for (const query of active) collect(query.state.data, found);
  for (const query of active) for (const part of namesIn(query)) found.add(part);
  return [...found].toSorted();
}

// Pages of one client have its identifier in their key.
const namesIn = (query: Query): string[] =>
  query.queryKey[0] === "presence" && typeof query.queryKey[2] === "string" ? [query.queryKey[2]] : [];

/** Every `clientId` in what a query holds. */
function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== "object" || value === null || found.size >= MOST_CLIENTS) return;
  for (const [name, part] of Object.entries(value)) {
    if (name === "clientId" && typeof part === "string") found.add(part);
    else collect(part, found);
  }
}
