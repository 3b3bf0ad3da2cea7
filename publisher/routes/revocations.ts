import type { FastifyInstance } from "fastify";
import { revokeTokens } from "@/lib/access/revoke-tokens";
import { revocationsSchema } from "@/lib/access/schemas";
import { parseInput } from "@/lib/audit/verb";
import type { ServiceContext } from "../service-context";

/** `POST /v1/revocations`: the body is one revocation, or an array of at most 1,000. */
export function revocationRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.post("/v1/revocations", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return revokeTokens(ctx, parseInput(revocationsSchema, [request.body].flat()));
  });
}
