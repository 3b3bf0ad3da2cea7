import { readJson, route } from "@/lib/http/route";
import { exportClients } from "@/lib/presence/export-clients";
import type { ExportClientsInput } from "@/lib/presence/search-schemas";

// POST, as what is searched for is personal data.
export const POST = route(async ({ ctx, request }) => {
  const csv = await exportClients(ctx, (await readJson(request)) as ExportClientsInput);
  return new Response(csv, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="clients.csv"',
      "cache-control": "no-store, no-transform",
    },
  });
});
