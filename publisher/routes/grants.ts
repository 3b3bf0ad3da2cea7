import type { FastifyInstance } from "fastify";
import { deleteGrants, grantKeysSchema } from "@/lib/access/delete-grants";
import { grantsSchema, putGrants } from "@/lib/access/put-grants";
import { parseInput } from "@/lib/audit/verb";
import type { ServiceContext } from "../service-context";

/** `PUT /v1/grants` and `DELETE /v1/grants`: the body is one grant, or an array of at most 100. */
export function grantRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.put("/v1/grants", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return putGrants(ctx, parseInput(grantsSchema, listed(request.body)));
  });
  app.delete("/v1/grants", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return deleteGrants(ctx, parseInput(grantKeysSchema, listed(request.body)));
  });
}

const listed = (body: unknown): unknown[] => (Array.isArray(body) ? body : [body]);
