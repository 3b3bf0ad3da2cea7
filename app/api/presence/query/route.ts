import { readJson, route } from "@/lib/http/route";
import { queryPresence } from "@/lib/presence/read-presence";

export const POST = route(async ({ ctx, request }) => queryPresence(ctx, await readJson(request)));
