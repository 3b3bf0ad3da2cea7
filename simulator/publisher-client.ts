import { setMaxListeners } from "node:events";
import { backOffMs } from "./back-off";
import { pause } from "./pause";
import type { Random } from "./random";

export interface PublisherClientOptions {
  url: string;
  apiKey: string;
  random: Random;
  /** Hears each failed try: status 0 when no answer came. */
  onFailure: (failure: { path: string; status: number }) => void;
}

/** The two calls of the public HTTP API this service makes. Each gives whether it was taken. */
export interface PublisherClient {
  grant: (grant: { personId: string; topicFilter: string; expiresAt: string }) => Promise<boolean>;
  publish: (message: {
    to: { clientId: string } | { topicName: string };
    payload: string;
    idempotencyKey: string;
  }) => Promise<boolean>;
  /** Gives up what is under way. */
  close: () => void;
}

const TIMEOUT_MS = 10_000;
const MOST_ATTEMPTS = 12;
const RETRY_BASE_MS = 1_000;
const RETRY_CEILING_MS = 30_000;

/** A service's client for LiveConnect: repeats what may be repeated, with back-off, and gives up after some minutes. */
export function openPublisherClient(options: PublisherClientOptions): PublisherClient {
  const closing = new AbortController();
  // One listener a call under way; whoever calls bounds those.
  setMaxListeners(0, closing.signal);

  const tryOnce = async (call: { method: string; path: string; body: object; headers?: Record<string, string> }) => {
    try {
      const response = await fetch(new URL(call.path, options.url), {
        method: call.method,
        headers: { authorization: `Bearer ${options.apiKey}`, "content-type": "application/json", ...call.headers },
        body: JSON.stringify(call.body),
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      // Refused, reset, too slow: all mean that nobody answered.
      return 0;
    }
  };

  const send = async (call: Parameters<typeof tryOnce>[0]): Promise<boolean> => {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS && !closing.signal.aborted; attempt += 1) {
      const status = await tryOnce(call);
      if (status >= 200 && status < 300) return true;
      if (!closing.signal.aborted) options.onFailure({ path: call.path, status });
      if (status >= 400 && status < 500 && status !== 429) return false;
      const { random } = options;
      await pause(backOffMs({ attempt, baseMs: RETRY_BASE_MS, ceilingMs: RETRY_CEILING_MS, random }), closing.signal);
    }
    return false;
  };

  return {
    grant: (grant) => send({ method: "PUT", path: "/v1/grants", body: { ...grant, action: "subscribe" } }),
    publish: ({ idempotencyKey, ...message }) =>
      send({
        method: "POST",
        path: "/v1/messages",
        body: { ...message, qos: 1, contentType: "application/json" },
        headers: { "idempotency-key": idempotencyKey },
      }),
    close: () => closing.abort(),
  };
}
