import { createServer, type RequestListener } from "node:http";
import Fastify, { type FastifyInstance } from "fastify";
import { HOOK_PREFIX } from "./hook-listener";
import { KEPT } from "./hook-server";
import type { GatewayMetrics } from "./metrics";

export interface Readiness {
  ready: boolean;
  /** One line a dependency: what it is and how it is. */
  dependencies: Record<string, string>;
}

/** The gateway's listener for operators' tools, through Fastify; and for hooks, straight to the hot path, unless they have one of their own. */
export function createServerOfGateway(options: {
  hooks: RequestListener | null;
  metrics: GatewayMetrics;
  readiness: () => Promise<Readiness>;
}): FastifyInstance {
  const app = Fastify({
    logger: false,
    serverFactory: (handler) => {
      const { hooks } = options;
      if (!hooks) return createServer(handler);
      return createServer(KEPT, (request, response) =>
        request.url?.startsWith(HOOK_PREFIX) ? hooks(request, response) : handler(request, response),
      );
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
