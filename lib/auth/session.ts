import { LRUCache } from "lru-cache";
import { decode } from "next-auth/jwt";
import { z } from "zod";
import { consoleDatabase } from "@/lib/http/console-database";
import { consoleEnv } from "@/lib/http/console-env";
import { onceInProcess } from "@/lib/http/in-process";
import { findOperatorStanding, type OperatorStanding } from "@/lib/operators/find-operator";
import { operatorActor, type Actor } from "@/lib/rbac/actor";
import { SESSION_ABSOLUTE_SECONDS } from "./session-rules";

/**
 * A session is a sealed cookie that says who signed in, when, and at which token version; whether it still holds is asked of
 * the operator's row. Ends by: idle, age, the operator disabled, the role changed (applies at once), the token version raised.
 * Trades: a copied cookie of a signed-out browser lives until its idle limit, unless the token version is raised.
 */
export const sessionClaimsSchema = z.object({
  sub: z.string(),
  tokenVersion: z.number().int(),
  /** Seconds since the epoch. */
  signedInAt: z.number(),
});

export type SessionClaims = z.output<typeof sessionClaimsSchema>;

/** Who the session cookie stands for now; null when it is absent, forged, over its limits or revoked. */
export async function actorOfSession(cookie: string | undefined, now: Date): Promise<Actor | null> {
  const claims = await readClaims(cookie);
  return claims && actorOfClaims(claims, now);
}

/** As `actorOfSession`, of claims already unsealed. */
export async function actorOfClaims(claims: SessionClaims, now: Date): Promise<Actor | null> {
  if (now.getTime() / 1_000 - claims.signedInAt > SESSION_ABSOLUTE_SECONDS) return null;
  const { standing } = (await standings().fetch(claims.sub)) ?? { standing: null };
  if (!standing || standing.disabled || standing.tokenVersion !== claims.tokenVersion) return null;
  return operatorActor({ id: standing.id, name: standing.name, role: standing.role });
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

// Five seconds: the longest a revoked session goes on.
const standings = () =>
  onceInProcess(
    "operator-standings",
    () =>
      new LRUCache<string, { standing: OperatorStanding | null }>({
        max: 1_000,
        ttl: 5_000,
        fetchMethod: async (id) => ({ standing: await findOperatorStanding(consoleDatabase(), id) }),
      }),
  );
