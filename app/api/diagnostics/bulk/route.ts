import { listBulks } from "@/lib/diagnostics/bulk/read-bulks";
import { requestLogs } from "@/lib/diagnostics/bulk/request-logs";
import { readJson, route } from "@/lib/http/route";

/** Those under way, and those of the last day. */
export const GET = route(({ ctx }) => listBulks(ctx, {}));

/** Asks many phones for their logs. */
export const POST = route(async ({ ctx, request }) => requestLogs(ctx, await readJson(request)));
