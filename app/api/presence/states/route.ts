import { readJson, route } from "@/lib/http/route";
import { listStates } from "@/lib/presence/list-states";

export const POST = route(async ({ ctx, request }) => listStates(ctx, await readJson(request)));
