import { exportPerson } from "@/lib/people/export-person";
import { readJson, route } from "@/lib/http/route";

/** `{ reason }`: everything that is kept of the person whose client this is, a JSON object a line. */
export const POST = route<{ clientId: string }>(async ({ ctx, params, request }) => {
  const asked = { ...(await readJson<{ reason: string }>(request)), clientId: params.clientId };
  const { body } = await exportPerson(ctx, asked);
  return new Response(body, {
    headers: {
      "content-type": "application/x-ndjson",
      "content-disposition": 'attachment; filename="person.ndjson"',
      "cache-control": "no-store, no-transform",
    },
  });
});
