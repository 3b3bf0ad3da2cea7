import { compareLog } from "@/lib/diagnostics/compare-log";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readQuery, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** Beside another log (`with`), or the median of its version of the app. */
export const GET = route<Params>(async ({ ctx, params, request }) => {
  const { with: otherId } = readQuery<{ with?: string }>(request);
  return compareLog(await consoleLogReader())(ctx, { ...params, otherId });
});
