import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema";

/** The services' API, typed: `client.POST("/v1/messages", { body: { to: { clientId }, payload } })`. */
export type LiveConnectClient = Client<paths>;

/** Why a request was not served. */
export type Problem = components["schemas"]["Problem"];

/** A client of the publisher at `baseUrl` (e.g. `http://127.0.0.1:3100`) with an API key. Nothing connects before the first call. */
export const createLiveConnectClient = (options: {
  baseUrl: string;
  apiKey: string;
  fetch?: typeof fetch;
}): LiveConnectClient =>
  createClient<paths>({
    baseUrl: options.baseUrl,
    headers: { authorization: `Bearer ${options.apiKey}` },
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
