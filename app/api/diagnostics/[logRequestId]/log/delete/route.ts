import { deleteLog } from "@/lib/diagnostics/delete-log";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** Removes the log for good, with a reason. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const { reason } = await readJson<{ reason: string }>(request);
  return deleteLog(await consoleLogReader())(ctx, { ...params, reason });
});
