import { decode } from "next-auth/jwt";
import { z } from "zod";
import { consoleLookups } from "@/lib/http/console-database";
import { consoleEnv, sessionLimits } from "@/lib/http/console-env";
import { findSession } from "@/lib/operators/find-session";
import { isExpired } from "@/lib/operators/session-limits";
import type { Operator } from "@/lib/rbac/actor";

/**
 * A session is a row; the sealed cookie only says which. States: open → ended, by: sign-out, whoever ends it on the account page or
 * Operators, the account closed, a new password, idle too long, its age. A role that changed applies at the next request.
 * Trades: each request asks the database (one look by primary key), so that what is ended is ended at once, for a copied cookie too.
 */
export const sessionClaimsSchema = z.object({ sessionId: z.uuid() });

export type SessionClaims = z.output<typeof sessionClaimsSchema>;

/** Who the session cookie stands for now; null when it is absent, forged, over its limits or ended. */
export async function actorOfSession(cookie: string | undefined, now: Date): Promise<Operator | null> {
  const claims = await readClaims(cookie);
  return claims && actorOfClaims(claims, now);
}

/** As `actorOfSession`, of claims already unsealed. */
export async function actorOfClaims({ sessionId }: SessionClaims, now: Date): Promise<Operator | null> {
  const session = await findSession(consoleLookups(), { sessionId, now });
  if (!session) return null;
  const env = consoleEnv();
  if (isExpired(session, { limits: sessionLimits(env), now })) return null;
  // A practice password was printed on a terminal: it opens nothing once the practice is over.
  if (session.practice) return env.PRACTICE ? session.actor : null;
  return env.REQUIRE_SECOND_FACTOR && session.byPasswordAlone
    ? { ...session.actor, permissions: [], mustEnrol: true }
    : session.actor;
}

async function readClaims(cookie: string | undefined): Promise<SessionClaims | null> {
  if (!cookie) return null;
  try {
    const parsed = sessionClaimsSchema.safeParse(await decode({ token: cookie, secret: consoleEnv().NEXTAUTH_SECRET }));
    return parsed.success ? parsed.data : null;
  } catch {
    // A cookie we did not seal, or one past its idle limit: nobody is signed in, and nothing is wrong with us.
    return null;
  }
}
