import { consoleEnv, sessionLimits } from "@/lib/http/console-env";
import { route } from "@/lib/http/route";
import { getOwnAccount } from "@/lib/operators/get-account";

/** One's own account, sessions and sign-ins. */
export const GET = route(({ ctx }) => getOwnAccount(sessionLimits(consoleEnv()))(ctx, {}));
