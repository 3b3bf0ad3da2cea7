import type { FastifyReply, FastifyRequest } from "fastify";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { ApiKeyVerifier } from "@/lib/access/verify-api-key";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { Log } from "@/lib/log/log";
import type { Context } from "@/lib/rbac/context";

/** Gives the context of a service's request: whose key it is, within its rate. */
export type ServiceContext = (request: FastifyRequest, reply: FastifyReply) => Promise<Context>;

// Limits of one second each; a key with a rate of its own has the limiter of that rate.
type Limiters = (ratePerSecond: number) => RateLimiterMemory;

export function createServiceContext(options: {
  db: Database;
  log: Log;
  verifyApiKey: ApiKeyVerifier["verify"];
  ratePerSecond: number;
}): ServiceContext {
  const limiterOf = createLimiters();
  return async (request, reply) => {
    const known = await options.verifyApiKey(bearerOf(request));
    if (!known)
      throw new AppError("UNAUTHENTICATED", "This API key is unknown or revoked. Ask an administrator for one.");
    const ratePerSecond = known.ratePerSecond ?? options.ratePerSecond;
    await takeTurn({ limiter: limiterOf(ratePerSecond), ratePerSecond, keyId: known.actor.id, reply });
    return {
      actor: known.actor,
      db: options.db,
      // most requests have nothing to log, and a child costs as much as reading their body
      get log() {
        return options.log.child({ requestId: request.id });
      },
      now: () => new Date(),
      requestId: request.id,
      fromAddress: request.ip,
    };
  };
}

function createLimiters(): Limiters {
  const limiters = new Map<number, RateLimiterMemory>();
  return (ratePerSecond) => {
    const limiter = limiters.get(ratePerSecond) ?? new RateLimiterMemory({ points: ratePerSecond, duration: 1 });
    limiters.set(ratePerSecond, limiter);
    return limiter;
  };
}

function bearerOf(request: FastifyRequest): string {
  const [scheme, key] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer" && key) return key;
  throw new AppError("UNAUTHENTICATED", "Send the API key in the header: Authorization: Bearer <key>.");
}

/** Counts the request and tells where the key stands. Throws LIMIT. */
async function takeTurn(of: {
  limiter: RateLimiterMemory;
  ratePerSecond: number;
  keyId: string;
  reply: FastifyReply;
}): Promise<void> {
  const result = await of.limiter.consume(of.keyId).catch((refused: unknown) => refused);
  if (!(result instanceof RateLimiterRes)) throw result;
  const resetSeconds = Math.ceil(result.msBeforeNext / 1_000);
  void of.reply.headers({
    "ratelimit-limit": String(of.ratePerSecond),
    "ratelimit-remaining": String(Math.max(0, result.remainingPoints)),
    "ratelimit-reset": String(resetSeconds),
  });
  if (result.consumedPoints > of.ratePerSecond)
    throw new AppError(
      "LIMIT",
      sentence("This key may make {ratePerSecond} requests a second. Slow down.", { ratePerSecond: of.ratePerSecond }),
      {
        retryAfterSeconds: Math.max(1, resetSeconds),
      },
    );
}
