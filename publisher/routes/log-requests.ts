import type { FastifyInstance } from "fastify";
import { parseInput } from "@/lib/audit/verb";
import { beginLogRequest } from "@/lib/diagnostics/begin-log-request";
import { cancelLogRequests, resumeLogRequests } from "@/lib/diagnostics/bulk/change-bulk";
import { getLogRequests } from "@/lib/diagnostics/bulk/read-bulks";
import { requestLogs } from "@/lib/diagnostics/bulk/request-logs";
import { requestLogsSchema } from "@/lib/diagnostics/bulk/schemas";
import { cancelLogRequest } from "@/lib/diagnostics/cancel-log-request";
import { getLogRequest } from "@/lib/diagnostics/get-log-request";
import { requestLog } from "@/lib/diagnostics/request-log";
import { beginLogRequestSchema, requestLogSchema } from "@/lib/diagnostics/schemas";
import { whyItWaits } from "@/lib/diagnostics/terms";
import type { ServiceContext } from "../service-context";

interface OfRequest {
  Params: { logRequestId: string };
}

interface OfBulk {
  Params: { bulkId: string };
}

/** `/v1/log-requests` and `/v1/log-requests/{logRequestId}`: the same verbs as the console's. */
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
    const { mayReadLog: _staff, requestedByName: _name, nextOnline: _estimate, id, failure, ...told } = life;
    return {
      ...told,
      logRequestId: id,
      failure: failure && { code: failure.failure, text: failure.text },
      waits: whyItWaits(life, ctx.now().getTime()),
      // who of the staff did it is the staff's own
      steps: life.steps.map(({ at, state, cause, note }) => ({ at, state, cause, note })),
    };
  });
  app.delete<OfRequest>("/v1/log-requests/:logRequestId", async (request, reply) =>
    cancelLogRequest(await serviceContext(request, reply), { logRequestId: request.params.logRequestId }),
  );
  app.post<OfRequest>("/v1/log-requests/:logRequestId/begin", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const chosen = parseInput(beginLogRequestSchema, { ...bodyOf(request.body), ...request.params });
    return beginLogRequest(ctx, chosen);
  });
}

/** `/v1/bulk-log-requests`: the same for many phones. */
export function bulkLogRequestRoutes(
  app: FastifyInstance,
  { serviceContext }: { serviceContext: ServiceContext },
): void {
  app.post("/v1/bulk-log-requests", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const made = await requestLogs(ctx, parseInput(requestLogsSchema, request.body));
    void reply.header("location", `/v1/bulk-log-requests/${made.bulkId}`);
    return reply.status(201).send(made);
  });
  app.get<OfBulk>("/v1/bulk-log-requests/:bulkId", async (request, reply) => {
    const { requestedByName: _name, ...bulk } = await getLogRequests(
      await serviceContext(request, reply),
      request.params,
    );
    return bulk;
  });
  app.post<OfBulk>("/v1/bulk-log-requests/:bulkId/resume", async (request, reply) =>
    resumeLogRequests(await serviceContext(request, reply), request.params),
  );
  app.delete<OfBulk>("/v1/bulk-log-requests/:bulkId", async (request, reply) =>
    cancelLogRequests(await serviceContext(request, reply), request.params),
  );
}

const bodyOf = (body: unknown): object => (typeof body === "object" && body !== null ? body : {});
