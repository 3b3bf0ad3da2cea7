import { exportAuditEvents } from "@/lib/audit/export-audit-events";
import { readQuery, route } from "@/lib/http/route";

const TYPES = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson" };

/** `?format=csv|ndjson` and the filters of the record: a file the browser saves while it comes. */
export const GET = route(async ({ ctx, request }) => {
  const query = readQuery<Parameters<typeof exportAuditEvents>[1]>(request);
  const body = await exportAuditEvents(ctx, query);
  return new Response(body, {
    headers: {
      "content-type": TYPES[query.format],
      "content-disposition": `attachment; filename="audit.${query.format}"`,
      "cache-control": "no-store, no-transform",
    },
  });
});
