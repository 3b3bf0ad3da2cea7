import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { z } from "zod";
import { textsEqual } from "@/lib/crypto/constant-time";
import type { Log } from "@/lib/log/log";
import type { HookCounts, HookOutcome, HookRecorder } from "./hook-recorder";
import type { HookHandler, HookNode, HookReply } from "./hook-reply";

/** Where the broker's webhooks arrive: `/hooks/<node>/<secret>`. */
export const HOOK_PREFIX = "/hooks/";

// auth_on_publish carries the payload in base64; larger messages than this are not the contract's.
const MOST_BODY_BYTES = 2 * 1024 * 1024;

interface Served {
  handle: HookHandler;
  counts: HookCounts;
}

/** One node's URL. */
interface Route {
  node: HookNode;
  secret: string;
  /** By VerneMQ's names. */
  hooks: ReadonlyMap<string, Served>;
}

/**
 * The hot path: plain node:http, since a router would cost more than the decision (bench/hooks.bench.ts). Answers 200 with JSON for
 * every hook it understood, denials included; 401 for a wrong node or secret, 400 for a body that is not the broker's, 404
 * for a hook not served. The URL holds a secret and is never logged. No promise is made where memory knows the answer.
 */
export function createHookListener(options: {
  nodes: readonly HookNode[];
  secrets: Readonly<Record<string, string>>;
  hooks: ReadonlyMap<string, HookHandler>;
  recorder: HookRecorder;
  log: Log;
}): RequestListener {
  const { recorder, log } = options;
  const routes = new Map(
    options.nodes.flatMap((node): [string, Route][] => {
      const secret = options.secrets[node.name];
      if (secret === undefined) return [];
      const hooks = [...options.hooks].map(([name, handle]): [string, Served] => [
        name,
        { handle, counts: recorder.countsOf(node.name, name) },
      ]);
      return [[node.name, { node, secret, hooks: new Map(hooks) }]];
    }),
  );

  const serve = (exchange: Exchange, text: string): void => {
    const { route, served } = exchange;
    try {
      const reply = served.handle(route.node, JSON.parse(text));
      if (reply instanceof Promise)
        reply.then(
          (late) => succeed(exchange, late),
          (error: unknown) => fail(exchange, error),
        );
      else succeed(exchange, reply);
    } catch (error) {
      fail(exchange, error);
    }
  };

  const count = ({ served, startedAt }: Exchange, outcome: HookOutcome): void =>
    recorder.observe(served.counts, outcome, performance.now() - startedAt);

  const succeed = (exchange: Exchange, reply: HookReply): void => {
    if (reply.denied !== undefined) {
      const { refusals } = exchange.served.counts;
      refusals.set(reply.denied, (refusals.get(reply.denied) ?? 0) + 1);
    }
    count(exchange, reply.denied === undefined ? "ok" : "denied");
    end(exchange.response, 200, JSON.stringify(reply.answer), reply.cacheSeconds);
  };

  const fail = (exchange: Exchange, error: unknown): void => {
    count(exchange, "failed");
    const { node, hook } = exchange.served.counts;
    const isForeign = error instanceof z.ZodError || error instanceof SyntaxError;
    if (!isForeign) log.error({ err: error, node, hook }, "a hook failed; the broker was told so");
    end(exchange.response, isForeign ? 400 : 500, isForeign ? FOREIGN_BODY : FAILED);
  };

  return (request, response) => {
    const startedAt = performance.now();
    const route = routeOf(routes, request.url ?? "");
    if (!route) return end(response, 401, UNKNOWN_NODE);
    const served = route.hooks.get(hookOf(request.rawHeaders));
    if (!served || request.method !== "POST") return end(response, 404, NOT_SERVED);
    const exchange = { response, route, served, startedAt };
    readBody(request, {
      whole: (text) => serve(exchange, text),
      tooLarge: () => {
        count(exchange, "failed");
        end(response, 413, FOREIGN_BODY);
      },
    });
  };
}

interface Exchange {
  response: ServerResponse;
  route: Route;
  served: Served;
  startedAt: number;
}

const UNKNOWN_NODE = '{"error":"unknown node or wrong secret"}';
const NOT_SERVED = '{"error":"hook not served"}';
const FOREIGN_BODY = '{"error":"not a hook\'s body"}';
const FAILED = '{"error":"failed"}';

/** The node of a URL when its secret is right; compared in constant time, its length is no secret. */
function routeOf(routes: ReadonlyMap<string, Route>, url: string): Route | null {
  const slash = url.indexOf("/", HOOK_PREFIX.length);
  const route = slash < 0 ? undefined : routes.get(url.slice(HOOK_PREFIX.length, slash));
  if (!route) return null;
  const query = url.indexOf("?", slash);
  const given = query < 0 ? url.slice(slash + 1) : url.slice(slash + 1, query);
  return textsEqual(given, route.secret) ? route : null;
}

/** The value of `vernemq-hook`; read from the raw pairs, as an object of all headers would be made for this one. */
function hookOf(rawHeaders: readonly string[]): string {
  for (let place = 0; place + 1 < rawHeaders.length; place += 2) {
    const name = rawHeaders[place];
    if (name === "vernemq-hook" || name?.toLowerCase() === "vernemq-hook") return rawHeaders[place + 1] ?? "";
  }
  return "";
}

/** Calls one of the two, once; a request that breaks off is answered to nobody. */
function readBody(request: IncomingMessage, then: { whole: (text: string) => void; tooLarge: () => void }): void {
  let bytes = 0;
  // Nearly every body is one chunk.
  let first: Buffer | null = null;
  let others: Buffer[] | null = null;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (!first) first = chunk;
    else if (bytes <= MOST_BODY_BYTES) (others ??= []).push(chunk);
  });
  request.on("end", () => {
    if (bytes > MOST_BODY_BYTES) then.tooLarge();
    else if (!first) then.whole("");
    else then.whole((others ? Buffer.concat([first, ...others]) : first).toString());
  });
}

function end(response: ServerResponse, status: number, body: string, cacheSeconds?: number): void {
  const headers = ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))];
  if (cacheSeconds !== undefined) headers.push("cache-control", `max-age=${cacheSeconds}`);
  response.writeHead(status, headers);
  response.end(body);
}
