import { consoleEnv, sessionLimits } from "@/lib/http/console-env";
import { sendInvite } from "@/lib/http/console-mail";
import { readJson, route } from "@/lib/http/route";
import { inviteOperator } from "@/lib/operators/invite";
import { listOperators } from "@/lib/operators/list-operators";

export const GET = route(({ ctx }) => listOperators(sessionLimits(consoleEnv()))(ctx, {}));

/** Makes an account and sends its owner a link, or answers it once. */
export const POST = route(async ({ ctx, request }) => sendInvite(await inviteOperator(ctx, await readJson(request))));
