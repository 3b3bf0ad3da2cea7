import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { releaseClient } from "@/lib/access/release-client";
import { actionReasonSchema } from "@/lib/access/schemas";
import { parseInput } from "@/lib/audit/verb";
import type { ServiceContext } from "../service-context";

const releaseBodySchema = z.strictObject({ reason: actionReasonSchema });

/** `POST /v1/clients/{clientId}/release`. */
export function releaseRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.post<{ Params: { clientId: string } }>("/v1/clients/:clientId/release", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const released = await releaseClient(ctx, {
      ...parseInput(releaseBodySchema, request.body),
      clientId: request.params.clientId,
    });
    return reply.status(released.outcome === "released" ? 200 : 202).send(released);
  });
}
