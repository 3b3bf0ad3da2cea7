import { Readable } from "node:stream";
import { readOriginal } from "@/lib/diagnostics/read-original";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** The log as it came, with a reason; every opening is in the audit. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const { reason } = await readJson<{ reason: string }>(request);
  const bytes = await readOriginal(await consoleLogReader())(ctx, { ...params, reason });
  return new Response(Readable.toWeb(Readable.from(bytes, { objectMode: false })) as ReadableStream, {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="original-${params.logRequestId}"`,
      "cache-control": "no-store",
    },
  });
});
