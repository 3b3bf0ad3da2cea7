import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { CreateEndpointInput, DeliveryPage, EndpointSecret, WebhookEndpoint } from "@/lib/webhooks/schemas";
import { deleteJson, getJson, postJson } from "./request";

// Deliveries are not told live: an open page asks again this often.
const EVERY_MS = 5_000;

const pathOf = (endpointId: string): string => `/api/webhooks/${encodeURIComponent(endpointId)}`;

/** Every endpoint with how its messages fare. */
export const webhooksQuery = () =>
  queryOptions({
    queryKey: ["webhooks", "endpoints"] as const,
    queryFn: ({ signal }) => getJson<WebhookEndpoint[]>("/api/webhooks", { signal }),
    refetchInterval: EVERY_MS,
  });

/** An endpoint's messages, newest first, page by page. */
export const deliveriesQuery = (endpointId: string) =>
  infiniteQueryOptions({
    queryKey: ["webhooks", "deliveries", endpointId] as const,
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({ limit: "10", ...(pageParam === null ? {} : { cursor: String(pageParam) }) });
      return getJson<DeliveryPage>(`${pathOf(endpointId)}/deliveries?${asked.toString()}`, { signal });
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: EVERY_MS,
  });

/** Makes an endpoint; its secret is in the answer and never told again. */
export const createWebhook = (input: CreateEndpointInput): Promise<EndpointSecret> =>
  postJson<EndpointSecret>("/api/webhooks", input);

/** A new secret; the old one signs too for 24 h. */
export const rotateWebhook = (endpointId: string): Promise<EndpointSecret> =>
  postJson<EndpointSecret>(`${pathOf(endpointId)}/rotate`, {});

/** Sends to it, or no more. */
export const changeWebhook = (endpointId: string, state: "enabled" | "disabled"): Promise<void> =>
  postJson<void>(`${pathOf(endpointId)}/state`, { state });

/** Queues a test message. */
export const testWebhook = (endpointId: string): Promise<void> => postJson<void>(`${pathOf(endpointId)}/test`, {});

/** Removes it with what waits for it. */
export const deleteWebhook = (endpointId: string): Promise<void> => deleteJson(pathOf(endpointId));

/** Sends a message once more, with the same id. */
export const replayDelivery = (deliveryId: number): Promise<void> =>
  postJson<void>(`/api/webhooks/deliveries/${deliveryId}/replay`, {});
