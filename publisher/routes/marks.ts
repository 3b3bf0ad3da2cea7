import type { FastifyInstance } from "fastify";
import { parseInput } from "@/lib/audit/verb";
import { markCluster, markClusterInput } from "@/lib/cluster/mark-cluster";
import type { ServiceContext } from "../service-context";

/** `POST /v1/cluster/marks`: a deployment pipeline puts its deploys on the charts. `Idempotency-Key` makes repeating it safe. */
export function markRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.post("/v1/cluster/marks", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const key = request.headers["idempotency-key"];
    const input = parseInput(markClusterInput, request.body);
    const mark = await markCluster(ctx, typeof key === "string" ? { ...input, idempotencyKey: key } : input);
    return reply.code(mark.repeated ? 200 : 201).send(mark);
  });
}
