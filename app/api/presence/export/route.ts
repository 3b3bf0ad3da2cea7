import { readJson, route } from "@/lib/http/route";
import { exportClients } from "@/lib/presence/export-clients";

// POST, as what is searched for is personal data.
export const POST = route(async ({ ctx, request }) => {
  const csv = await exportClients(ctx, await readJson(request));
  return new Response(csv, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="clients.csv"',
      "cache-control": "no-store, no-transform",
    },
  });
});
