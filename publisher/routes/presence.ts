import type { FastifyInstance } from "fastify";
import { AppError } from "@/lib/errors";
import { getClient } from "@/lib/presence/get-client";
import type { ServiceContext } from "../service-context";

/** `GET /v1/presence/{clientId}`: the state of one client with its proof, and nothing of its person. */
export function presenceRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.get<{ Params: { clientId: string } }>("/v1/presence/:clientId", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const { clientId } = request.params;
    const found = await getClient(ctx, { clientId });
    const presence = found.status === "known" ? found.client.presence : null;
    if (!presence) throw new AppError("NOT_FOUND", `The client ${clientId} has never been connected.`);
    const { state, since, node, proofKind, proofAt } = presence;
    return { clientId, state, since, node, proof: { kind: proofKind, at: proofAt } };
  });
}
