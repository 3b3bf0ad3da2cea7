import { readJson, route } from "@/lib/http/route";
import { parseInput } from "@/lib/audit/verb";
import { queryPresence } from "@/lib/presence/read-presence";
import { queryPresenceSchema } from "@/lib/presence/schemas";

export const POST = route(async ({ ctx, request }) =>
  queryPresence(ctx, parseInput(queryPresenceSchema, await readJson(request))),
);
