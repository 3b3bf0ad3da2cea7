import { Readable } from "node:stream";
import type { InputOf } from "@/lib/audit/verb";
import { downloadLog } from "@/lib/diagnostics/download-log";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readQuery, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8", har: "application/json" } as const;

/** The redacted log as a file, `format` ndjson, csv or har. */
export const GET = route<Params>(async ({ ctx, params, request }) => {
  const { format } = readQuery<Pick<InputOf<ReturnType<typeof downloadLog>>, "format">>(request);
  const parts = await downloadLog(await consoleLogReader())(ctx, { ...params, format });
  const body = Readable.toWeb(Readable.from(encoded(parts), { objectMode: false })) as ReadableStream;
  return new Response(body, {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="log-${params.logRequestId}.${format}"`,
      "cache-control": "no-store",
    },
  });
});

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const part of parts) if (part !== "") yield Buffer.from(part, "utf8");
}
