import type { CookieOption, NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { AppError } from "@/lib/errors";
import { consoleContext, consoleNow } from "@/lib/http/console-context";
import { consoleDatabase } from "@/lib/http/console-database";
import { consoleEnv, isHttps } from "@/lib/http/console-env";
import { onceInProcess } from "@/lib/http/in-process";
import { consoleMetrics } from "@/lib/http/metrics";
import { requestIdOf } from "@/lib/http/request-facts";
import type { Log } from "@/lib/log/log";
import type { OperatorStanding } from "@/lib/operators/find-operator";
import { recordSignOut } from "@/lib/operators/record-sign-in";
import { processActor, type Actor } from "@/lib/rbac/actor";
import { wordOfWait } from "./schemas";
import { actorOfClaims, sessionClaimsSchema, type SessionClaims } from "./session";
import { cookieNames, ownPath, SESSION_IDLE_SECONDS, SIGN_IN_PATH } from "./session-rules";
import { signInLimits } from "./sign-in-limits";
import { signInWithPassword } from "./sign-in-with-password";

/** How next-auth signs people in and out of the console, for one request: its address and id go into the audit. */
export function authOptions(request: Request): NextAuthOptions {
  const env = consoleEnv();
  const contextAs = (actor: Actor) =>
    consoleContext({ actor, headers: request.headers, requestId: requestIdOf(request.headers) });
  const { log } = contextAs(CONSOLE);
  return {
    secret: env.NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: SESSION_IDLE_SECONDS },
    pages: { signIn: SIGN_IN_PATH, error: SIGN_IN_PATH, signOut: SIGN_IN_PATH },
    cookies: cookiesOf(isHttps(env)),
    logger: loggerOf(log),
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {} },
        authorize: async (given) => {
          const operator = await orWord(log, () => signInWithPassword(contextAs(CONSOLE), limits(), given));
          consoleMetrics().signIns.inc({ result: operator ? "accepted" : "refused" });
          return operator;
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user, trigger }) => {
        // The sealed cookie holds claims only; names and roles are asked of the database at each request.
        const claims = trigger === "signIn" ? claimsOf(standingOf(user)) : sessionClaimsSchema.parse(token);
        return { ...claims };
      },
      session: async ({ session, token }) => {
        const actor = await actorOfClaims(sessionClaimsSchema.parse(token), consoleNow());
        // next-auth clears the cookie when this throws.
        if (!actor) throw new Error("The session was revoked or is over its age limit");
        return { ...session, user: { name: actor.name } };
      },
      redirect: ({ url, baseUrl }) =>
        baseUrl + ownPath(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url),
    },
    events: {
      signOut: async ({ token }) => {
        const claims = sessionClaimsSchema.safeParse(token);
        const actor = claims.success ? await actorOfClaims(claims.data, consoleNow()) : null;
        if (actor) await recordSignOut(contextAs(actor));
      },
    },
  };
}

const CONSOLE = processActor("console");

const limits = () => onceInProcess("sign-in-limits", () => signInLimits(consoleDatabase().pool));

// At sign-in next-auth hands on what our `authorize` returned, but its types know only its own idea of a user.
const standingOf = (user: object): OperatorStanding => user as OperatorStanding;

const claimsOf = (operator: OperatorStanding): SessionClaims => ({
  sub: operator.id,
  tokenVersion: operator.tokenVersion,
  signedInAt: Math.floor(consoleNow().getTime() / 1_000),
});

/** next-auth carries why a sign-in failed as one word in the sign-in page's address. */
async function orWord<T>(log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const waits = error instanceof AppError && error.code === "LIMIT";
    consoleMetrics().signIns.inc({ result: waits ? "limited" : "failed" });
    if (waits) throw new Error(wordOfWait(error.retryAfterSeconds ?? 1), { cause: error });
    log.error({ err: error }, "a sign-in could not be checked");
    throw new Error("unavailable", { cause: error });
  }
}

function cookiesOf(https: boolean): NextAuthOptions["cookies"] {
  const names = cookieNames(https);
  const named = (name: string): CookieOption => ({
    name,
    options: { httpOnly: true, sameSite: "lax", path: "/", secure: https },
  });
  return { sessionToken: named(names.session), csrfToken: named(names.csrf), callbackUrl: named(names.callbackUrl) };
}

function loggerOf(log: Log): NextAuthOptions["logger"] {
  return {
    error: (code, cause) => {
      // An old or foreign session cookie is everyday; next-auth clears it.
      if (code === "JWT_SESSION_ERROR") log.debug({ code }, "a session ended");
      else log.error({ code, err: cause instanceof Error ? cause : cause.error }, "sign-in failed");
    },
    warn: (code) => log.debug({ code }, "next-auth warns"),
    debug: () => undefined,
  };
}
