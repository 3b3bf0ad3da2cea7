import { cancelLogRequest } from "@/lib/diagnostics/cancel-log-request";
import { getLogRequest } from "@/lib/diagnostics/get-log-request";
import { route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** One request with its life. */
export const GET = route<Params>(({ ctx, params }) => getLogRequest(ctx, params));

/** Cancels it. */
export const DELETE = route<Params>(({ ctx, params }) => cancelLogRequest(ctx, params));
