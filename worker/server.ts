import Fastify, { type FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

export interface Readiness {
  ready: boolean;
  /** A line for each thing this process needs: `ok`, or why it does not work. */
  dependencies: Record<string, string>;
}

/** The worker's operators' tools: `/healthz` (alive), `/readyz` (can do its work, with each dependency), `/metrics`. */
export function createServerOfWorker(options: {
  registry: Registry;
  readiness: () => Promise<Readiness>;
}): FastifyInstance {
  const app = Fastify({ logger: false });
  app.get("/healthz", () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const readiness = await options.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(options.registry.contentType).send(await options.registry.metrics()),
  );
  return app;
}
