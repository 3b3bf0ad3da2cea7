import { request, type Agent, type IncomingMessage } from "node:http";
import type { Clock } from "./clock";
import type { ImitatedHook } from "./hooks";

// All recorded from VerneMQ 2.1.2: the wait for a connection of the pool, the wait for the answer.
const CHECKOUT_TIMEOUT_MS = 8_000;
/** VerneMQ's default, the same for every hook. */
export const RESPONSE_TIMEOUT_MS = 5_000;
// No answer needs more; a guess.
const MAX_ANSWER_BYTES = 1_048_576;

export interface HookAnswer {
  body: string;
  cacheControl: string | undefined;
}

export interface HookCall {
  endpoint: URL;
  agent: Agent;
  clock: Clock;
  hook: ImitatedHook;
  payload: Buffer;
}

/**
 * Posts one hook. Rejects when no connection of the pool comes free in 8 s (then it is never sent), without an answer in 5 s,
 * and for every answer but 200.
 */
export function callHook({ endpoint, agent, clock, hook, payload }: HookCall): Promise<HookAnswer> {
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
    let wait = clock.after(CHECKOUT_TIMEOUT_MS, fail("no connection of the pool came free in time"));
    outgoing.once("socket", () => {
      wait.cancel();
      wait = clock.after(RESPONSE_TIMEOUT_MS, fail("no answer in time"));
    });
    outgoing.once("response", (response) => {
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => wait.cancel());
    });
    outgoing.once("error", (error) => {
      wait.cancel();
      reject(error);
    });
    outgoing.end(payload);
  });
}

async function readAnswer(response: IncomingMessage): Promise<HookAnswer> {
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
