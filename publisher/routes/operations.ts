import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

/** A thing this process needs: its name, and why it does not work (null: it does). */
export interface Dependency {
  name: string;
  problem: string | null;
}

/** `/healthz` (alive), `/readyz` (can do its work, with each dependency) and `/metrics`. */
export function operationsRoutes(
  app: FastifyInstance,
  { registry, readiness }: { registry: Registry; readiness: () => Promise<{ ready: boolean; needs: Dependency[] }> },
): void {
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const { ready, needs } = await readiness();
    return reply.status(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready", needs });
  });
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
