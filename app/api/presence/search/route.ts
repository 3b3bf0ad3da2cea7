import { readJson, route } from "@/lib/http/route";
import { searchClients } from "@/lib/presence/search-clients";

// POST, as what is searched for is personal data and would stay in logs and histories as part of a URL.
export const POST = route(async ({ ctx, request }) => searchClients(ctx, await readJson(request)));
