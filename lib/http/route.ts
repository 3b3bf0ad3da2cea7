import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { requestContext } from "@/lib/auth/request-context";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { consoleContext } from "./console-context";
import { consoleLog } from "./console-database";
import { consoleEnv } from "./console-env";
import { onceInProcess } from "./in-process";
import { observeRequest } from "./metrics";
import { problemResponse } from "./problem";
import { addressOf, isOwnOrigin, isSafeMethod, requestIdOf } from "./request-facts";

export { readJson } from "./read-json";
export { readQuery } from "./read-query";

interface RouteArguments<P> {
  ctx: Context;
  request: Request;
  params: P;
}

/**
 * A route handler of Next around a verb: checks the origin of what may change something, the session against the database,
 * and the operator's rate; answers the handler's value as JSON (undefined: 204; a Response passes as it is) and every error
 * as problem+json with the request id.
 */
export function route<P = unknown>(handler: (args: RouteArguments<P>) => Promise<unknown>) {
  return answering(handler, async (request, requestId) => {
    const ctx = await signedInContext(request, requestId);
    await takeTurn(isSafeMethod(request.method) ? "looks" : "acts", ctx.actor.id);
    return ctx;
  });
}

/**
 * As `route`, for what someone without a session may do: in the console's own name, a few times a minute from one address. The
 * handler checks what stands in for a session.
 */
export function openRoute<P = unknown>(handler: (args: RouteArguments<P>) => Promise<unknown>) {
  return answering(handler, async (request, requestId) => {
    const ctx = consoleContext({ actor: CONSOLE, headers: request.headers, requestId });
    await takeTurn("strangers", ctx.fromAddress ?? "unknown");
    return ctx;
  });
}

type Admit = (request: Request, requestId: string) => Promise<Context>;

function answering<P>(handler: (args: RouteArguments<P>) => Promise<unknown>, admit: Admit) {
  return async (request: Request, segment: { params: Promise<P> }): Promise<Response> => {
    const startedAt = performance.now();
    const requestId = requestIdOf(request.headers);
    const params = await segment.params;
    const response = await answer({ handler, admit, request, params, requestId });
    response.headers.set("x-request-id", requestId);
    response.headers.set("x-content-type-options", "nosniff");
    observeRequest({ request, params, status: response.status, seconds: (performance.now() - startedAt) / 1_000 });
    return response;
  };
}

async function answer<P>(options: {
  handler: (args: RouteArguments<P>) => Promise<unknown>;
  admit: Admit;
  request: Request;
  params: P;
  requestId: string;
}): Promise<Response> {
  const { handler, admit, request, params, requestId } = options;
  try {
    if (!isSafeMethod(request.method) && !isOwnOrigin(request.headers, consoleEnv().NEXTAUTH_URL))
      throw new AppError("FORBIDDEN", "This request did not come from a page of the console.");
    const ctx = await admit(request, requestId);
    return toResponse(await handler({ ctx, request, params }));
  } catch (error) {
    return problemResponse(error, { request, requestId, log: consoleLog().child({ requestId }) });
  }
}

function toResponse(result: unknown): Response {
  // Copied, as the headers of some responses (a redirect, one passed on from elsewhere) refuse to be added to.
  if (result instanceof Response) return new Response(result.body, result);
  const headers = { "cache-control": "no-store" };
  return result === undefined ? new Response(null, { status: 204, headers }) : Response.json(result, { headers });
}

/** The context of a session. Whoever keeps coming without one is made to wait by their address, before any cookie is opened. */
async function signedInContext(request: Request, requestId: string): Promise<Context> {
  const address = addressOf(request.headers, consoleEnv().CONSOLE_TRUSTED_PROXIES) ?? "unknown";
  await refuseWithoutTurns("unknown", address);
  try {
    return await requestContext(request, requestId);
  } catch (error) {
    if (error instanceof AppError && error.code === "UNAUTHENTICATED") await takeTurn("unknown", address);
    throw error;
  }
}

const CONSOLE = processActor("console");

/**
 * Turns a minute, in this process's memory. looks and acts: of one operator; search as one types is a POST of about three a second,
 * and a page asks a dozen things. unknown: requests of one address whose session is none; a whole office's sessions may end at once.
 * strangers: what asks for no session, as a link to set a password. All guesses to revisit.
 */
const TURNS = { looks: 3_000, acts: 600, unknown: 600, strangers: 20 } as const;

const limiter = (kind: keyof typeof TURNS) =>
  onceInProcess(`limiter-${kind}`, () => new RateLimiterMemory({ keyPrefix: kind, points: TURNS[kind], duration: 60 }));

async function takeTurn(kind: keyof typeof TURNS, who: string): Promise<void> {
  try {
    await limiter(kind).consume(who);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw tooMany(refusal);
  }
}

async function refuseWithoutTurns(kind: keyof typeof TURNS, who: string): Promise<void> {
  const used = await limiter(kind).get(who);
  if (used && used.consumedPoints > TURNS[kind]) throw tooMany(used);
}

function tooMany({ msBeforeNext }: RateLimiterRes): AppError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return new AppError("LIMIT", sentence("Too many requests at once; wait {seconds} s.", { seconds }), {
    retryAfterSeconds: seconds,
  });
}
