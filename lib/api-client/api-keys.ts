import { queryOptions } from "@tanstack/react-query";
import type { ApiKeySummary } from "@/lib/access/list-api-keys";
import type { CreateApiKeyInput, MadeApiKey } from "@/lib/access/schemas";
import { getJson, postJson } from "./request";

// When a key was last used is not told live.
const EVERY_MS = 30_000;

const pathOf = (apiKeyId: string): string => `/api/access/keys/${encodeURIComponent(apiKeyId)}`;

/** Keys of services, those in use first. */
export const apiKeysQuery = () =>
  queryOptions({
    queryKey: ["access", "keys"] as const,
    queryFn: ({ signal }) => getJson<ApiKeySummary[]>("/api/access/keys", { signal }),
    refetchInterval: EVERY_MS,
  });

/** Makes a key; it is in the answer and never told again. */
export const createApiKey = (input: CreateApiKeyInput): Promise<MadeApiKey> =>
  postJson<MadeApiKey>("/api/access/keys", input);

/** A new key; the one it replaces is taken for 24 h more. */
export const rotateApiKey = (apiKeyId: string): Promise<MadeApiKey> =>
  postJson<MadeApiKey>(`${pathOf(apiKeyId)}/rotate`, {});

/** Ends a key at once. */
export const revokeApiKey = (apiKeyId: string): Promise<void> => postJson<void>(`${pathOf(apiKeyId)}/revoke`, {});
