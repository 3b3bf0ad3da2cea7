import { infiniteQueryOptions, queryOptions, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import type { Audience } from "@/lib/access/schemas";
import type { LiveEvent } from "@/lib/events/schemas";
import type {
  ImportMessagesInput,
  MessageDetail,
  MessagePage,
  MessagePayload,
  PublishByOperatorInput,
  SavedMessage,
  SaveMessageInput,
  TopicSuggestion,
} from "@/lib/publish/schemas";
import type { PublishedMessage } from "@/lib/publish/publish-message";
import { deleteJson, getJson, postJson } from "./request";

const HISTORY_KEY = ["publish", "history"] as const;
type History = InfiniteData<MessagePage, number | null>;

// Others' messages are not told one by one, as services publish thousands a second; theirs are few and can wait this long.
const HISTORY_EVERY_MS = 15_000;

// Without the live stream the ladder would stand still: ask while the broker has not answered.
const UNSETTLED_EVERY_MS = 2_000;

/** Messages of one page of the history: what is beside it, the live tail, stays near the first sight. */
export const HISTORY_PAGE = 8;

/** What was sent from the console, newest first, page by page. */
export const historyQuery = () =>
  infiniteQueryOptions({
    queryKey: HISTORY_KEY,
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({
        limit: String(HISTORY_PAGE),
        ...(pageParam === null ? {} : { cursor: String(pageParam) }),
      });
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
export const publishMessage = (input: PublishByOperatorInput): Promise<PublishedMessage> =>
  postJson<PublishedMessage>("/api/publish", input);

/** A payload sent before; each look is audited. */
export const readPayload = (messageId: string): Promise<MessagePayload> =>
  getJson<MessagePayload>(`/api/publish/${encodeURIComponent(messageId)}/payload`);

// Subscriptions change seldom, and every look asks the broker.
const AUDIENCE_FRESH_MS = 15_000;

/** Who would get a message to a topic name. */
export const audienceQuery = (topicName: string) =>
  queryOptions({
    queryKey: ["publish", "audience", topicName] as const,
    queryFn: ({ signal }) => postJson<Audience>("/api/publish/audience", { topicName }, { signal }),
    staleTime: AUDIENCE_FRESH_MS,
    retry: false,
  });

/** Topic names to complete from. */
export const topicsQuery = () =>
  queryOptions({
    queryKey: ["publish", "topics"] as const,
    queryFn: ({ signal }) => getJson<TopicSuggestion[]>("/api/publish/topics", { signal }),
    staleTime: 60_000,
  });

/** Messages saved to publish again: one's own and shared ones. */
export const savedMessagesQuery = () =>
  queryOptions({
    queryKey: ["publish", "saved"] as const,
    queryFn: ({ signal }) => getJson<SavedMessage[]>("/api/publish/saved", { signal }),
  });

/** Saves a message, or what changed of one. */
export const saveMessage = (input: SaveMessageInput) => postJson<{ id: string }>("/api/publish/saved", input);

/** Saves many. */
export const importMessages = (input: ImportMessagesInput) =>
  postJson<{ imported: number }>("/api/publish/saved/import", input);

/** Removes a saved message. */
export const deleteSavedMessage = (id: string) => deleteJson(`/api/publish/saved/${encodeURIComponent(id)}`);

/** Patches the state of messages that are shown, and asks again for the times of the one that is open. */
export function applyPublishEvent(queryClient: QueryClient, event: LiveEvent): void {
  if (event.type === "publish.deviceEvent")
    return void queryClient.invalidateQueries({
      queryKey: ["publish", "message"],
      predicate: ({ state }) => isMessageOf(state.data, event.clientId),
    });
  if (event.type !== "publish.changed") return;
  const { queryKey } = messageQuery(event.messageId);
  void queryClient.invalidateQueries({ queryKey });
  const isShown = queryClient
    .getQueryData<History>(HISTORY_KEY)
    ?.pages.some((page) => page.messages.some((message) => message.messageId === event.messageId));
  // One that is open was published here, and is about to be shown.
  if (isShown || queryClient.getQueryState(queryKey)) void queryClient.invalidateQueries({ queryKey: HISTORY_KEY });
}

// What the key's query holds is its own type; only the client is looked at.
const isMessageOf = (message: unknown, clientId: string): boolean =>
  typeof message === "object" && message !== null && "clientId" in message && message.clientId === clientId;
