import { consoleEnv, sessionLimits } from "@/lib/http/console-env";
import { route } from "@/lib/http/route";
import { getOperator } from "@/lib/operators/get-account";

/** One of the staff with their sessions and sign-ins. */
export const GET = route<{ operatorId: string }>(({ ctx, params }) =>
  getOperator(sessionLimits(consoleEnv()))(ctx, params),
);
