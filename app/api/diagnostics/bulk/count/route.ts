import { countPhones } from "@/lib/diagnostics/bulk/request-logs";
import { readJson, route } from "@/lib/http/route";

// POST, as a list of clients has no place in a URL.
/** How many phones a choice names. */
export const POST = route(async ({ ctx, request }) => countPhones(ctx, await readJson(request)));
