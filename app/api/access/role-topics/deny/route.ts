import { denyRoleTopic } from "@/lib/access/role-topics";
import { readJson, route } from "@/lib/http/route";

/** A POST, as a topic filter is no part of a path. */
export const POST = route(async ({ ctx, request }) => denyRoleTopic(ctx, await readJson(request)));
