import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { requestContext } from "@/lib/auth/request-context";
import { AppError } from "@/lib/errors";
import type { Context } from "@/lib/rbac/context";
import { consoleLog } from "./console-database";
import { consoleEnv } from "./console-env";
import { onceInProcess } from "./in-process";
import { observeRequest } from "./metrics";
import { problemResponse } from "./problem";
import { isOwnOrigin, isSafeMethod, requestIdOf } from "./request-facts";

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
  return async (request: Request, segment: { params: Promise<P> }): Promise<Response> => {
    const startedAt = performance.now();
    const requestId = requestIdOf(request.headers);
    const params = await segment.params;
    const response = await answer({ handler, request, params, requestId });
    response.headers.set("x-request-id", requestId);
    response.headers.set("x-content-type-options", "nosniff");
    observeRequest({ request, params, status: response.status, seconds: (performance.now() - startedAt) / 1_000 });
    return response;
  };
}

async function answer<P>(options: {
  handler: (args: RouteArguments<P>) => Promise<unknown>;
  request: Request;
  params: P;
  requestId: string;
}): Promise<Response> {
  const { handler, request, params, requestId } = options;
  try {
    const changes = !isSafeMethod(request.method);
    if (changes && !isOwnOrigin(request.headers, consoleEnv().NEXTAUTH_URL))
      throw new AppError("FORBIDDEN", "This request did not come from a page of the console.");
    const ctx = await requestContext(request, requestId);
    if (changes) await takeTurn(ctx.actor.id);
    return toResponse(await handler({ ctx, request, params }));
  } catch (error) {
    return problemResponse(error, { requestId, log: consoleLog().child({ requestId }) });
  }
}

function toResponse(result: unknown): Response {
  // Copied, as the headers of some responses (a redirect, one passed on from elsewhere) refuse to be added to.
  if (result instanceof Response) return new Response(result.body, result);
  const headers = { "cache-control": "no-store" };
  return result === undefined ? new Response(null, { status: 204, headers }) : Response.json(result, { headers });
}

// Search as one types is a POST of about three a second; a guess to revisit.
const limiter = () =>
  onceInProcess("operator-limiter", () => new RateLimiterMemory({ keyPrefix: "operator", points: 600, duration: 60 }));

async function takeTurn(operatorId: string): Promise<void> {
  try {
    await limiter().consume(operatorId);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    throw new AppError("LIMIT", `Too many requests at once; wait ${seconds} s.`, { retryAfterSeconds: seconds });
  }
}
