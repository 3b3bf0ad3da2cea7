import { readJson, route } from "@/lib/http/route";
import { endOwnSessions } from "@/lib/operators/end-sessions";

/** Ends the named one of one's own sessions, or all others. */
export const POST = route(async ({ ctx, request }) => endOwnSessions(ctx, await readJson(request)));
