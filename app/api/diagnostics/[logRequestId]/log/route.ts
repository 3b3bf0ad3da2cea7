import type { InputOf } from "@/lib/audit/verb";
import { readLog } from "@/lib/diagnostics/read-log";
import { summariseLog } from "@/lib/diagnostics/summarise-log";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** What the log says at a glance. */
export const GET = route<Params>(async ({ ctx, params }) => summariseLog(await consoleLogReader())(ctx, params));

// POST, as the text that is looked for may be personal data and would stay in logs and histories as part of a URL.
/** A page of its lines. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const filter = await readJson<InputOf<ReturnType<typeof readLog>>>(request);
  return readLog(await consoleLogReader())(ctx, { ...filter, ...params });
});
