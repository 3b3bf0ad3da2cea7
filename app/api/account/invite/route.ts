import { openRoute, readJson } from "@/lib/http/route";
import { acceptInvite } from "@/lib/operators/set-password";

/** Sets a password by the token of a link. */
export const POST = openRoute(async ({ ctx, request }) => acceptInvite(ctx, await readJson(request)));
