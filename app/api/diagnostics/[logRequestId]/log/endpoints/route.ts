import { listEndpoints } from "@/lib/diagnostics/list-endpoints";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** Its endpoints. */
export const GET = route<Params>(async ({ ctx, params }) => listEndpoints(await consoleLogReader())(ctx, params));
