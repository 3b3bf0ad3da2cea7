import type { FastifyError, FastifyInstance } from "fastify";
import { isDatabaseDown } from "@/lib/db/is-database-down";
import { AppError, toProblem, type Problem } from "@/lib/errors";
import { sentence } from "@/lib/sentence";

/** Answers every error, and what is not found, as RFC 9457 problem+json with the request id. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const told = toAppError(error);
    const problem = toProblem(told, request.id);
    if (problem.code === "INTERNAL") request.log.error({ err: error }, "a request failed");
    if (problem.code === "UNAVAILABLE") request.log.warn({ err: error }, "a request could not be served");
    if (told instanceof AppError && told.retryAfterSeconds !== undefined)
      void reply.header("retry-after", String(Math.ceil(told.retryAfterSeconds)));
    if (problem.code === "UNAUTHENTICATED") void reply.header("www-authenticate", "Bearer");
    return reply.status(problem.status).type("application/problem+json").send(problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const problem: Problem = toProblem(
      new AppError(
        "NOT_FOUND",
        sentence("There is no {method} {path}.", { method: request.method, path: request.url.split("?")[0] ?? "" }),
      ),
      request.id,
    );
    return reply.status(problem.status).type("application/problem+json").send(problem);
  });
}

function toAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (isDatabaseDown(error))
    return new AppError("UNAVAILABLE", "The database does not answer. Try again in a moment.", {
      retryAfterSeconds: 2,
    });
  const status = isFastifyError(error) ? (error.statusCode ?? 500) : 500;
  if (status === 413) return new AppError("VALIDATION", "The body is too large: a payload has at most 256 kB.");
  if (status === 415) return new AppError("VALIDATION", "The body must be application/json.");
  if (status >= 400 && status < 500)
    return new AppError("VALIDATION", "The request cannot be read: its body is not JSON.");
  return error;
}

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && "code" in error && String(error.code).startsWith("FST_");
