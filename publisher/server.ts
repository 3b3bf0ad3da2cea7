import { randomUUID } from "node:crypto";
import underPressure from "@fastify/under-pressure";
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { AppError } from "@/lib/errors";
import type { Log } from "@/lib/log/log";
import type { DeviceAnswers } from "@/lib/publish/device-answers";
import type { MessageAcceptor } from "@/lib/publish/message-acceptor";
import type { MessageChanges } from "@/lib/publish/message-changes";
import type { PublisherMetrics } from "./metrics";
import { answerProblems } from "./problem";
import { documentRoute } from "./routes/document";
import { grantRoutes } from "./routes/grants";
import { bulkLogRequestRoutes, logRequestRoutes } from "./routes/log-requests";
import { markRoutes } from "./routes/marks";
import { messageRoutes } from "./routes/messages";
import { operationsRoutes, type Readiness } from "./routes/operations";
import { peopleRoutes } from "./routes/people";
import { presenceRoutes } from "./routes/presence";
import { releaseRoutes } from "./routes/releases";
import { revocationRoutes } from "./routes/revocations";
import { sendRoutes } from "./routes/sends";
import { tailRoutes, type Tail } from "./routes/tails";
import type { ServiceContext } from "./service-context";

// The largest payload in base64 (350 kB) and room for the rest of a message.
const MOST_BODY_BYTES = 512 * 1024;

// Long enough for a UUID or a trace id, and nothing that could forge a log line or a header.
const SANE_REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

// Ten million people at 1 MB/s.
const LONGEST_REQUEST_MS = 30 * 60_000;
// For a request to arrive whole, on any other route.
const REQUEST_MS = 30_000;

/** The services' HTTP API, not listening yet. */
export function buildServer(parts: {
  log: Log;
  serviceContext: ServiceContext;
  acceptor: MessageAcceptor;
  changes: MessageChanges;
  answers: DeviceAnswers;
  metrics: PublisherMetrics;
  readiness: () => Promise<Readiness>;
  tail: Tail;
}): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: parts.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MOST_BODY_BYTES,
    // Node's own limit is for all routes alike, and a file of people takes minutes: `limitSlowBodies` holds the others to theirs.
    requestTimeout: LONGEST_REQUEST_MS,
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && SANE_REQUEST_ID.test(given) ? given : randomUUID();
    },
  });
  answerProblems(app);
  limitSlowBodies(app);
  app.addHook("onRequest", (request, reply, done) => {
    void reply.headers({
      "x-request-id": request.id,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    parts.metrics.request(labels, reply.elapsedTime / 1_000);
    done();
  });
  operationsRoutes(app, { registry: parts.metrics.registry, readiness: parts.readiness });
  void app.register(async (services) => {
    // health and metrics stay outside: they must answer when the rest is refused
    await services.register(underPressure, {
      maxEventLoopDelay: 1_000,
      pressureHandler: () => {
        throw new AppError("UNAVAILABLE", "The publisher has too much to do. Try again in a moment.", {
          retryAfterSeconds: 2,
        });
      },
    });
    documentRoute(services);
    messageRoutes(services, parts);
    sendRoutes(services, parts);
    logRequestRoutes(services, parts);
    bulkLogRequestRoutes(services, parts);
    grantRoutes(services, parts);
    revocationRoutes(services, parts);
    releaseRoutes(services, parts);
    presenceRoutes(services, parts);
    markRoutes(services, parts);
    peopleRoutes(services, parts);
    tailRoutes(services, { tail: parts.tail, nowMs: () => Date.now() });
  });
  return app;
}

/** Drops connections whose request takes longer than `REQUEST_MS` to arrive, except on routes that say they are long. */
function limitSlowBodies(app: FastifyInstance): void {
  app.addHook("onRequest", ({ raw, routeOptions }, _reply, done) => {
    if (!raw.complete && !(routeOptions.config as { isLong?: boolean }).isLong) {
      const timer = setTimeout(() => {
        if (!raw.complete) raw.destroy();
      }, REQUEST_MS);
      raw.once("close", () => clearTimeout(timer));
    }
    done();
  });
}
