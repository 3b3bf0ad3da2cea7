import { createServer, type RequestListener } from "node:http";
import Fastify, { type FastifyInstance } from "fastify";
import { HOOK_PREFIX } from "./hook-listener";
import type { GatewayMetrics } from "./metrics";

export interface Readiness {
  ready: boolean;
  /** One line a dependency: what it is and how it is. */
  dependencies: Record<string, string>;
}

// Longer than the broker's pool keeps a connection (hackney: 60 s), so that the broker is the one to close it.
const KEEP_ALIVE_MS = 120_000;

/** The gateway's listener: hooks straight to the hot path, operators' tools through Fastify. */
export function createServerOfGateway(options: {
  hooks: RequestListener;
  metrics: GatewayMetrics;
  readiness: () => Promise<Readiness>;
}): FastifyInstance {
  const app = Fastify({
    logger: false,
    serverFactory: (handler) => {
      const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
        request.url?.startsWith(HOOK_PREFIX) ? options.hooks(request, response) : handler(request, response),
      );
      server.headersTimeout = KEEP_ALIVE_MS + 5_000;
      return server;
    },
  });
  app.get("/healthz", () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const readiness = await options.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(options.metrics.contentType).send(await options.metrics.text()),
  );
  return app;
}
