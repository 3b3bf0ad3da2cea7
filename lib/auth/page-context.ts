import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { isDatabaseDown } from "@/lib/db/is-database-down";
import { DATABASE_DOWN } from "@/lib/db/terms";
import { consoleContext, consoleNow } from "@/lib/http/console-context";
import { consoleEnv, isHttps } from "@/lib/http/console-env";
import { requestIdOf } from "@/lib/http/request-facts";
import type { Context } from "@/lib/rbac/context";
import { actorOfSession } from "./session";
import { ACCOUNT_PATH, cookieNames, ownPath, PAGE_PATH_HEADER, SIGN_IN_PATH } from "./session-rules";

/**
 * The context of a server page: who looks, checked against the database. Sends whoever is not signed in to the sign-in page
 * and back, and who must set up a second factor to where that is done. Asked once per request however many layouts and pages call it.
 */
export const pageContext = cache(async (): Promise<Context> => {
  const [given, jar] = await Promise.all([headers(), cookies()]);
  const cookie = jar.get(cookieNames(isHttps(consoleEnv())).session)?.value;
  const actor = await actorOfSession(cookie, consoleNow()).catch(tellPage);
  const path = ownPath(given.get(PAGE_PATH_HEADER));
  if (!actor) redirect(`${SIGN_IN_PATH}?callbackUrl=${encodeURIComponent(path)}`);
  if (actor.mustEnrol && path !== ACCOUNT_PATH) redirect(ACCOUNT_PATH);
  return consoleContext({ actor, headers: given, requestId: requestIdOf(given) });
});

// Of an error here Next tells the page its digest and nothing else.
function tellPage(error: unknown): never {
  throw isDatabaseDown(error)
    ? Object.assign(new Error("The database does not answer", { cause: error }), { digest: DATABASE_DOWN })
    : error;
}
