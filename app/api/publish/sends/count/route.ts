import { readJson, route } from "@/lib/http/route";
import { countRecipients } from "@/lib/publish/sends/read-sends";

/** Whom a send would reach. A POST, as a list of clients is no part of an address. */
export const POST = route(async ({ ctx, request }) => countRecipients(ctx, await readJson(request)));
