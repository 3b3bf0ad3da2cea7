import { type DeviceToken, TOKEN_FAULTS, type TokenFault, type TokenIssuer } from "./device-token";
import type { Person } from "./people";
import { pick, type Random } from "./random";

/**
 * How a phone comes by its tokens: good ones · good ones but for the person's share of bad ones, as a stale cache or a wrong clock makes
 * them · one of these faults, always · short ones that it takes for longer than they are, so that they run out while it is connected.
 */
export type TokenHabit =
  { kind: "sound" } | { kind: "usual" } | { kind: "faulty"; faults: readonly TokenFault[] } | { kind: "runs-out" };

export type GetToken = (why: "connect" | "refused") => Promise<DeviceToken>;

// A cached token is not used when this share of its life is all that is left.
const MARGIN_SHARE = 0.02;
const SHORT_SHARE = 1 / 30;
// Tokens are dated in whole seconds; below this a slow machine would see them run out on the way.
const SHORTEST_SECONDS = 20;

/** Keeps a token until it is old or refused. `lifeSeconds`: of a good token. */
export function createTokenSource(options: {
  habit: TokenHabit;
  person: Person;
  issuer: TokenIssuer;
  lifeSeconds: number;
  random: Random;
  now: () => number;
}): GetToken {
  const { habit, person, issuer, random, now } = options;
  const lifeSeconds = Math.max(SHORTEST_SECONDS, Math.round(options.lifeSeconds));
  let cached: DeviceToken | null = null;
  return async (why) => {
    switch (habit.kind) {
      case "faulty":
        return issuer.issueFaulty(person, pick(random, habit.faults));
      case "runs-out": {
        const { token } = await issuer.issue(person, Math.max(SHORTEST_SECONDS, Math.round(lifeSeconds * SHORT_SHARE)));
        return { token, expiresAtMs: now() + lifeSeconds * 1_000 };
      }
      case "usual":
        if (random() < person.badTokenShare) return issuer.issueFaulty(person, pick(random, TOKEN_FAULTS));
        break;
      case "sound":
        break;
    }
    const marginMs = lifeSeconds * 1_000 * MARGIN_SHARE;
    if (!cached || why === "refused" || cached.expiresAtMs - marginMs < now())
      cached = await issuer.issue(person, lifeSeconds);
    return cached;
  };
}
