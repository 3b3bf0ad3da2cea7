import { testAccess } from "@/lib/access/test-access";
import { readJson, route } from "@/lib/http/route";

/** A POST, as a topic is no part of a path. */
export const POST = route(async ({ ctx, request }) => testAccess(ctx, await readJson(request)));
