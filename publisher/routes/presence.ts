import type { FastifyInstance } from "fastify";
import { parseInput } from "@/lib/audit/verb";
import { getPersonPresence, getPresence, queryPresence } from "@/lib/presence/read-presence";
import { queryPresenceSchema } from "@/lib/presence/schemas";
import type { ServiceContext } from "../service-context";

/** `GET /v1/presence/{clientId}`, `POST /v1/presence/query`, `GET /v1/people/{personId}/presence`: states with their proof. */
export function presenceRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.get<{ Params: { clientId: string } }>("/v1/presence/:clientId", async (request, reply) =>
    getPresence(await serviceContext(request, reply), { clientId: request.params.clientId }),
  );
  app.post("/v1/presence/query", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return queryPresence(ctx, parseInput(queryPresenceSchema, request.body));
  });
  app.get<{ Params: { personId: string } }>("/v1/people/:personId/presence", async (request, reply) =>
    getPersonPresence(await serviceContext(request, reply), { personId: request.params.personId }),
  );
}
