import { readJson, route } from "@/lib/http/route";
import { countFound } from "@/lib/presence/count-found";

// POST, as the search itself.
export const POST = route(async ({ ctx, request }) => countFound(ctx, await readJson(request)));
