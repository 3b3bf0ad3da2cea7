import { Agent, request, type IncomingMessage } from "node:http";
import type { Log } from "@/lib/log/log";
import type { AskedHook, ImitatedHook, ToldHook } from "./hooks";
import type { NodeMetrics } from "./metrics";
import { createWebhookCache } from "./webhook-cache";
import { FAILED, readVerdict, type HookVerdict } from "./webhook-verdict";

// All recorded from VerneMQ 2.1.2: the pool of an endpoint, the wait for a connection of it, the wait for the answer.
const MAX_CONNECTIONS = 100;
const CHECKOUT_TIMEOUT_MS = 8_000;
const RESPONSE_TIMEOUT_MS = 5_000;
// No answer needs more; a guess.
const MAX_ANSWER_BYTES = 1_048_576;

/** One node's webhooks. Every call waits for its answer: hooks block the connection they are about. */
export interface Webhooks {
  /** Asks an `auth_on_*` hook. Never rejects: what fails is a refusal. A hook that is not registered has no opinion. */
  ask: (hook: AskedHook, body: object) => Promise<HookVerdict>;
  /** Tells an `on_*` hook; what it answers, and whether it answers, changes nothing. */
  tell: (hook: ToldHook, body: object) => Promise<void>;
  /** From now on nothing is sent, and what is under way is cut. */
  cut: () => void;
}

export interface WebhooksOptions {
  url: string;
  hooks: readonly ImitatedHook[];
  metrics: NodeMetrics;
  log: Log;
}

interface Answer {
  body: string;
  cacheControl: string | undefined;
}

/** Calls hooks as VerneMQ does: same headers in the same order, kept-alive connections, at most 100 of them. */
export function createWebhooks({ url, hooks, metrics, log }: WebhooksOptions): Webhooks {
  const registered = new Set<ImitatedHook>(hooks);
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS, scheduling: "lifo" });
  const endpoint = new URL(url);
  const cache = createWebhookCache();
  let isCut = false;

  const send = async (hook: ImitatedHook, body: object): Promise<Answer | null> => {
    const payload = Buffer.from(JSON.stringify(body));
    metrics.add(`webhooks_${hook}_requests`);
    metrics.add(`webhooks_${hook}_bytes_sent`, payload.length);
    try {
      return await post({ endpoint, agent, hook, payload });
    } catch (error) {
      // The URL holds the node's secret and the body may hold a token: neither is said.
      log.debug({ hook, reason: error instanceof Error ? error.message : "unknown" }, "a webhook failed");
      return null;
    }
  };

  return {
    ask: async (hook, body) => {
      if (isCut) return FAILED;
      if (!registered.has(hook)) return { status: "next" };
      const known = cache.find(hook, body);
      if (known) return known;
      const answer = await send(hook, body);
      const verdict = answer ? readVerdict(answer.body) : FAILED;
      if (answer) cache.keep(hook, body, { verdict, cacheControl: answer.cacheControl });
      if (verdict.status === "error" || verdict.status === "malformed") metrics.add(`webhooks_${hook}_errors`);
      return isCut ? FAILED : verdict;
    },
    tell: async (hook, body) => {
      if (isCut || !registered.has(hook)) return;
      if ((await send(hook, body)) === null) metrics.add(`webhooks_${hook}_errors`);
    },
    cut: () => {
      isCut = true;
      agent.destroy();
    },
  };
}

function post(call: { endpoint: URL; agent: Agent; hook: ImitatedHook; payload: Buffer }): Promise<Answer> {
  const { endpoint, agent, hook, payload } = call;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      method: "POST",
      host: endpoint.hostname,
      port: endpoint.port || 80,
      path: endpoint.pathname + endpoint.search,
      // Names, their case and their order as recorded.
      headers: {
        "vernemq-hook": hook,
        Host: endpoint.host,
        "User-Agent": "hackney/1.20.1",
        "Content-Type": "application/json",
        "Content-Length": payload.length,
      },
    });
    // HTTP/1.1 keeps a connection without being told, and VerneMQ does not tell.
    outgoing.removeHeader("Connection");
    const fail = (message: string) => () => outgoing.destroy(new Error(message));
    let timer = setTimeout(fail("no connection of the pool came free in time"), CHECKOUT_TIMEOUT_MS);
    outgoing.once("socket", () => {
      clearTimeout(timer);
      timer = setTimeout(fail("no answer in time"), RESPONSE_TIMEOUT_MS);
    });
    outgoing.once("response", (response) => {
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
    outgoing.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end(payload);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
  return { body: Buffer.concat(chunks).toString("utf8"), cacheControl: response.headers["cache-control"] };
}
