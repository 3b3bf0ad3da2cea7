import type { InputOf } from "@/lib/audit/verb";
import { indexLog } from "@/lib/diagnostics/index-log";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** Where the lines of a filter lie. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const input = await readJson<InputOf<ReturnType<typeof indexLog>>>(request);
  return indexLog(await consoleLogReader())(ctx, { ...input, ...params });
});
