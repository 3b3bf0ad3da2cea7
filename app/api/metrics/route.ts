import { metricsResponse } from "@/lib/http/metrics-response";

export const dynamic = "force-dynamic";

/** Prometheus' text format; see `metricsResponse` for who may read it. */
export const GET = (request: Request): Promise<Response> => metricsResponse(request);
