import type { z } from "zod";
import { readLog } from "@/lib/diagnostics/read-log";
import type { readLogSchema } from "@/lib/diagnostics/schemas";
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
  const filter = await readJson<z.input<typeof readLogSchema>>(request);
  return readLog(await consoleLogReader())(ctx, { ...filter, ...params });
});
