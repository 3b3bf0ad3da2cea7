import { unblockSubject } from "@/lib/access/block-subject";
import { readJson, route } from "@/lib/http/route";

/** A POST, as a person and a network are no part of a path. */
export const POST = route(async ({ ctx, request }) => unblockSubject(ctx, await readJson(request)));
