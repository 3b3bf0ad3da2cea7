import type { FastifyInstance } from "fastify";
import { parseInput } from "@/lib/audit/verb";
import { cancelLogRequest } from "@/lib/diagnostics/cancel-log-request";
import { getLogRequest } from "@/lib/diagnostics/get-log-request";
import { requestLog } from "@/lib/diagnostics/request-log";
import { requestLogSchema } from "@/lib/diagnostics/schemas";
import type { ServiceContext } from "../service-context";

interface OfRequest {
  Params: { logRequestId: string };
}

/** `POST /v1/log-requests`, `GET` and `DELETE /v1/log-requests/{logRequestId}`: the same verbs as the console's. */
export function logRequestRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.post("/v1/log-requests", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const made = await requestLog(ctx, parseInput(requestLogSchema, request.body));
    void reply.header("location", `/v1/log-requests/${made.logRequestId}`);
    return reply.status(201).send(made);
  });
  app.get<OfRequest>("/v1/log-requests/:logRequestId", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const life = await getLogRequest(ctx, { logRequestId: request.params.logRequestId });
    return {
      logRequestId: life.id,
      clientId: life.clientId,
      state: life.state,
      stateAt: life.stateAt,
      failure: life.failure,
      reason: life.reason,
      ticket: life.ticket,
      requestedAt: life.requestedAt,
      expiresAt: life.expiresAt,
      announcedBytes: life.announcedBytes,
      sentBytes: life.sentBytes,
      calls: life.calls,
      failedCalls: life.failedCalls,
      // who of the staff did it is the staff's own
      steps: life.steps.map(({ at, state, cause }) => ({ at, state, cause })),
    };
  });
  app.delete<OfRequest>("/v1/log-requests/:logRequestId", async (request, reply) =>
    cancelLogRequest(await serviceContext(request, reply), { logRequestId: request.params.logRequestId }),
  );
}
