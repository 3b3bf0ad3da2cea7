import type { CookieOption, NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { isDatabaseDown } from "@/lib/db/is-database-down";
import { AppError } from "@/lib/errors";
import { consoleContext, consoleNow } from "@/lib/http/console-context";
import { consoleEnv, isHttps, sessionLimits } from "@/lib/http/console-env";
import { consoleMetrics } from "@/lib/http/metrics";
import { requestIdOf } from "@/lib/http/request-facts";
import type { Log } from "@/lib/log/log";
import { recordSignOut, renewSession } from "@/lib/operators/record-sign-in";
import { processActor, type Actor } from "@/lib/rbac/actor";
import { consoleSignInLimits } from "./counted-tries";
import { deviceOf } from "./device-of";
import { identityProvider } from "./identity-provider";
import { configuredProvider } from "./provider-env";
import { WORD_OF_CODE, wordOfProvider, wordOfWait } from "./schemas";
import { actorOfClaims, sessionClaimsSchema } from "./session";
import { cookieNames, ownPath, SIGN_IN_PATH } from "./session-rules";
import { signInWithPassword } from "./sign-in-with-password";

/** How next-auth signs people in and out of the console, for one request: its address and id go into the audit. */
export function authOptions(request: Request): NextAuthOptions {
  const env = consoleEnv();
  const contextAs = (actor: Actor) =>
    consoleContext({ actor, headers: request.headers, requestId: requestIdOf(request.headers) });
  const { log } = contextAs(CONSOLE);
  const provider = configuredProvider();
  const device = deviceOf(request.headers.get("user-agent"));
  return {
    secret: env.NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: sessionLimits(env).idleSeconds },
    pages: { signIn: SIGN_IN_PATH, error: SIGN_IN_PATH, signOut: SIGN_IN_PATH },
    cookies: cookiesOf(isHttps(env)),
    logger: loggerOf(log),
    providers: [
      ...(provider ? [identityProvider(provider, { ctx: contextAs(CONSOLE), device })] : []),
      CredentialsProvider({
        credentials: { email: {}, password: {}, code: {} },
        authorize: async (given) => {
          const desk = {
            limits: consoleSignInLimits(),
            device,
            practice: env.PRACTICE,
          };
          const signedIn = await orWord(log, () => signInWithPassword(contextAs(CONSOLE), desk, given));
          // Neither in nor refused: the sign-in page asks for the rest.
          if (signedIn === "code") throw new Error(WORD_OF_CODE);
          consoleMetrics().signIns.inc({ result: signedIn ? "accepted" : "refused" });
          return signedIn;
        },
      }),
    ],
    callbacks: {
      // Of the provider; next-auth refuses what `authorize` refused by itself.
      signIn: ({ user }) =>
        "refused" in user ? `${SIGN_IN_PATH}?error=${wordOfProvider(String(user.refused))}` : true,
      // The sealed cookie says which session; who that is and what they may do is asked of the database at each request.
      jwt: ({ token, user, trigger }) => ({ ...sessionClaimsSchema.parse(trigger === "signIn" ? user : token) }),
      session: async ({ session, token }) => {
        const claims = sessionClaimsSchema.parse(token);
        try {
          const actor = await actorOfClaims(claims, consoleNow());
          // next-auth clears the cookie when this throws.
          if (!actor) throw new Error("The session was ended or is over its limits");
          await renewSession(contextAs(actor), claims.sessionId);
          return { ...session, user: { name: actor.name } };
        } catch (error) {
          // A database that does not answer has ended no session; each request asks it again before it gives anything.
          if (isDatabaseDown(error)) return { ...session, user: {} };
          throw error;
        }
      },
      redirect: ({ url, baseUrl }) =>
        baseUrl + ownPath(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url),
    },
    events: {
      signOut: async ({ token }) => {
        const claims = sessionClaimsSchema.safeParse(token);
        const actor = claims.success ? await actorOfClaims(claims.data, consoleNow()) : null;
        if (actor) await recordSignOut({ ...contextAs(actor), actor });
      },
    },
  };
}

const CONSOLE = processActor("console");

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
  return {
    sessionToken: named(names.session),
    csrfToken: named(names.csrf),
    callbackUrl: named(names.callbackUrl),
    pkceCodeVerifier: named(names.pkce),
    state: named(names.state),
    nonce: named(names.nonce),
  };
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
