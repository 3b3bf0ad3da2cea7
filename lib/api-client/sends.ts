import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import type { LiveEvent } from "@/lib/events/schemas";
import type {
  ClientChoiceInput,
  RecipientCounts,
  Send,
  SendContent,
  SendDecision,
  SendPage,
  StartSendInput,
} from "@/lib/publish/sends/schemas";
import { getJson, postJson } from "./request";

const LIST_KEY = ["publish", "sends"] as const;

// Without the live stream progress would stand still.
const UNDER_WAY_EVERY_MS = 5_000;
const LIST_EVERY_MS = 15_000;
// Counting by lists and by when clients were seen looks at each of them.
const COUNT_TIMEOUT_MS = 20_000;

const isUnderWay = ({ state, waiting }: Send): boolean =>
  state === "needs_approval" || state === "running" || state === "paused" || waiting > 0;

/** Whom a send would reach now. */
export const recipientsQuery = (clients: ClientChoiceInput) =>
  queryOptions({
    queryKey: ["publish", "recipients", clients] as const,
    queryFn: ({ signal }) =>
      postJson<RecipientCounts>("/api/publish/sends/count", { clients }, { signal, timeoutMs: COUNT_TIMEOUT_MS }),
    staleTime: 10_000,
    retry: false,
  });

/** Sends, newest first, page by page. */
export const sendsQuery = () =>
  infiniteQueryOptions({
    queryKey: LIST_KEY,
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({ limit: "6", ...(pageParam === null ? {} : { cursor: pageParam }) });
      return getJson<SendPage>(`/api/publish/sends?${asked.toString()}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: LIST_EVERY_MS,
  });

const pathOf = (sendId: string): string => `/api/publish/sends/${encodeURIComponent(sendId)}`;

/** One send and how far it is. */
export const sendQuery = (sendId: string) =>
  queryOptions({
    queryKey: ["publish", "send", sendId] as const,
    queryFn: ({ signal }) => getJson<Send>(pathOf(sendId), { signal }),
    refetchInterval: (query) => (query.state.data && isUnderWay(query.state.data) ? UNDER_WAY_EVERY_MS : false),
  });

/** Begins a send; safe to repeat with the same idempotency key. */
export const startSend = (input: StartSendInput): Promise<Send> =>
  postJson<Send>("/api/publish/sends", input, { timeoutMs: COUNT_TIMEOUT_MS });

/** Pauses, resumes or cancels a send. */
export const changeSend = (sendId: string, act: "pause" | "resume" | "cancel"): Promise<Send> =>
  postJson<Send>(`${pathOf(sendId)}/${act}`, {});

/** A second operator's word on a send. */
export const decideSend = (sendId: string, act: "approve" | "decline"): Promise<SendDecision> =>
  postJson<SendDecision>(`${pathOf(sendId)}/${act}`, {});

/** What a send says and whom its list names; each look is audited. */
export const readSendPayload = (sendId: string): Promise<SendContent> =>
  getJson<SendContent>(`${pathOf(sendId)}/payload`);

/** Asks again for what an event says has come further. */
export function applySendEvent(queryClient: QueryClient, event: LiveEvent): void {
  if (event.type !== "publish.sendChanged") return;
  void queryClient.invalidateQueries({ queryKey: sendQuery(event.sendId).queryKey });
  void queryClient.invalidateQueries({ queryKey: LIST_KEY });
}
