import { infiniteQueryOptions, queryOptions, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import type { LiveEvent } from "@/lib/events/schemas";
import type { MessageDetail, MessagePage, MessagePayload, PublishMessageInput } from "@/lib/publish/schemas";
import type { PublishedMessage } from "@/lib/publish/publish-message";
import { getJson, postJson } from "./request";

const HISTORY_KEY = ["publish", "history"] as const;
type History = InfiniteData<MessagePage, number | null>;

// Others' messages are not told one by one, as services publish thousands a second; theirs are few and can wait this long.
const HISTORY_EVERY_MS = 15_000;

// Without the live stream the ladder would stand still: ask while the broker has not answered.
const UNSETTLED_EVERY_MS = 2_000;

/** What was sent from the console, newest first, page by page. */
export const historyQuery = () =>
  infiniteQueryOptions({
    queryKey: HISTORY_KEY,
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({ limit: "12", ...(pageParam === null ? {} : { cursor: String(pageParam) }) });
      return getJson<MessagePage>(`/api/publish?${asked.toString()}`, { signal });
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: HISTORY_EVERY_MS,
  });

/** One message and how far it came. */
export const messageQuery = (messageId: string) =>
  queryOptions({
    queryKey: ["publish", "message", messageId] as const,
    queryFn: ({ signal }) => getJson<MessageDetail>(`/api/publish/${encodeURIComponent(messageId)}`, { signal }),
    refetchInterval: (query) => (query.state.data?.state === "accepted" ? UNSETTLED_EVERY_MS : false),
  });

/** Publishes a message; safe to repeat with the same idempotency key. */
export const publishMessage = (input: PublishMessageInput): Promise<PublishedMessage> =>
  postJson<PublishedMessage>("/api/publish", input);

/** A payload sent before; each look is audited. */
export const readPayload = (messageId: string): Promise<MessagePayload> =>
  getJson<MessagePayload>(`/api/publish/${encodeURIComponent(messageId)}/payload`);

/** Patches the state of messages that are shown, and asks again for the times of the one that is open. */
export function applyPublishEvent(queryClient: QueryClient, event: LiveEvent): void {
  if (event.type === "publish.deviceEvent")
    return void queryClient.invalidateQueries({
      queryKey: ["publish", "message"],
      predicate: ({ state }) => isMessageOf(state.data, event.clientId),
    });
  if (event.type !== "publish.changed") return;
  void queryClient.invalidateQueries({ queryKey: messageQuery(event.messageId).queryKey });
  const isShown = queryClient
    .getQueryData<History>(HISTORY_KEY)
    ?.pages.some((page) => page.messages.some((message) => message.messageId === event.messageId));
  if (isShown) void queryClient.invalidateQueries({ queryKey: HISTORY_KEY });
}

// What the key's query holds is its own type; only the client is looked at.
const isMessageOf = (message: unknown, clientId: string): boolean =>
  typeof message === "object" && message !== null && "clientId" in message && message.clientId === clientId;
