import { isDatabaseDown } from "@/lib/db/is-database-down";
import { AppError, toProblem } from "@/lib/errors";
import type { Log } from "@/lib/log/log";
import { sayTo } from "./say-to";

/**
 * Maps any error to an RFC 9457 answer, in the language of who asks. What is not ours to tell is logged under the request id and never
 * leaves.
 */
export async function problemResponse(
  error: unknown,
  at: { request: Request; requestId: string; log: Log },
): Promise<Response> {
  const told = isDatabaseDown(error)
    ? new AppError("UNAVAILABLE", "The database does not answer. Try again in a moment.", {
        cause: error,
        retryAfterSeconds: 5,
      })
    : error;
  const problem = toProblem(told, at.requestId, await sayTo(at.request.headers));
  if (problem.code === "INTERNAL") at.log.error({ err: error }, "a request failed");
  else if (problem.code === "UNAVAILABLE") at.log.warn({ err: told }, "a request could not be served");
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (told instanceof AppError && told.retryAfterSeconds !== undefined)
    headers.set("retry-after", String(Math.ceil(told.retryAfterSeconds)));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
