import { AppError } from "@/lib/errors";
import { consoleContext, consoleNow } from "@/lib/http/console-context";
import { consoleEnv, isHttps } from "@/lib/http/console-env";
import { cookieOf } from "@/lib/http/request-facts";
import type { Context } from "@/lib/rbac/context";
import { actorOfSession } from "./session";
import { cookieNames } from "./session-rules";

/** The context of an API request: who asks, checked against the database. Throws UNAUTHENTICATED without a valid session. */
export async function requestContext(request: Request, requestId: string): Promise<Context> {
  const cookie = cookieOf(request.headers, cookieNames(isHttps(consoleEnv())).session);
  const actor = await actorOfSession(cookie, consoleNow());
  if (!actor) throw new AppError("UNAUTHENTICATED", "Your session has ended. Sign in again.");
  return consoleContext({ actor, headers: request.headers, requestId });
}
