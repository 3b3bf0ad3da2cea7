import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { z } from "zod";
import { secretsEqual } from "@/lib/crypto/constant-time";
import type { Log } from "@/lib/log/log";
import type { HookHandler, HookNode, HookReply } from "./hook-reply";
import type { GatewayMetrics } from "./metrics";

/** Where the broker's webhooks arrive: `/hooks/<node>/<secret>`. */
export const HOOK_PREFIX = "/hooks/";

// auth_on_publish carries the payload in base64; larger messages than this are not the contract's.
const MOST_BODY_BYTES = 2 * 1024 * 1024;

/**
 * The hot path: plain node:http, since a router would cost more than the decision (presence.md, measured). Answers 200 with JSON for
 * every hook it understood, denials included; 401 for a wrong node or secret, 400 for a body that is not the broker's, 404
 * for a hook not served. The URL holds a secret and is never logged.
 */
export function createHookListener(options: {
  nodes: readonly HookNode[];
  secrets: Readonly<Record<string, string>>;
  hooks: ReadonlyMap<string, HookHandler>;
  metrics: GatewayMetrics;
  log: Log;
}): RequestListener {
  const nodes = new Map(options.nodes.map((node) => [node.name, node]));

  const nodeOf = (url: string): HookNode | null => {
    const [name = "", secret = ""] = url.slice(HOOK_PREFIX.length).split("?")[0]?.split("/") ?? [];
    const expected = options.secrets[name];
    return expected !== undefined && secretsEqual(expected, secret) ? (nodes.get(name) ?? null) : null;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedAt = performance.now();
    const node = nodeOf(request.url ?? "");
    if (!node) return end(response, 401, { error: "unknown node or wrong secret" });
    const hook = String(request.headers["vernemq-hook"] ?? "");
    const handler = options.hooks.get(hook);
    if (request.method !== "POST" || !handler) return end(response, 404, { error: "hook not served" });
    const labels = { hook, node: node.name };
    try {
      const reply = await handler(node, JSON.parse(await readBody(request)));
      options.metrics.hook({ ...labels, outcome: reply.denied ? "denied" : "ok" }, secondsSince(startedAt));
      return end(response, 200, reply.answer, reply);
    } catch (error) {
      options.metrics.hook({ ...labels, outcome: "error" }, secondsSince(startedAt));
      const isForeign = error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError;
      if (!isForeign) options.log.error({ err: error, ...labels }, "a hook failed; the broker was told so");
      return end(response, isForeign ? 400 : 500, { error: isForeign ? "not a hook's body" : "failed" });
    }
  };
  return (request, response) => void answer(request, response);
}

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BODY_BYTES) {
        reject(new RangeError("body too large"));
        request.destroy();
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

function end(response: ServerResponse, status: number, body: object, reply?: HookReply): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...(reply?.cacheSeconds === undefined ? {} : { "cache-control": `max-age=${reply.cacheSeconds}` }),
  });
  response.end(text);
}
