import type { InputOf } from "@/lib/audit/verb";
import type { IndexedLog } from "@/lib/api-client/logs";
import { indexLog } from "@/lib/diagnostics/index-log";
import { readLog } from "@/lib/diagnostics/read-log";
import { pageAsked, pagesOf } from "@/lib/diagnostics/terms";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** Where the lines of a filter lie, and the first of them: whoever changes a filter waits once. */
export const POST = route<Params>(async ({ ctx, params, request }): Promise<IndexedLog> => {
  const asked = { ...(await readJson<InputOf<ReturnType<typeof indexLog>>>(request)), ...params };
  const reader = await consoleLogReader();
  const index = await indexLog(reader)(ctx, asked);
  const [place] = pagesOf(index);
  return { index, first: place ? await readLog(reader)(ctx, { ...asked, ...pageAsked(place) }) : null };
});
