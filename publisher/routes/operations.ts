import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

export interface Readiness {
  ready: boolean;
  /** A line for each thing this process needs: `ok`, or why it does not work. */
  dependencies: Record<string, string>;
}

/** `/healthz` (alive), `/readyz` (can do its work, with each dependency) and `/metrics`. */
export function operationsRoutes(
  app: FastifyInstance,
  { registry, readiness }: { registry: Registry; readiness: () => Promise<Readiness> },
): void {
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const now = await readiness();
    return reply.status(now.ready ? 200 : 503).send(now);
  });
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
