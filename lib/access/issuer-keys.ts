import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";

/** The keys an issuer signs with. */
export interface IssuerKeys {
  find: JWTVerifyGetKey;
  /** Since when its keys cannot be read; null while they can. */
  awaySinceMs: () => number | null;
}

const ANSWER_WITHIN_MS = 3_000;
// An unknown key id reads the key set again at most this often: so soon a rotation is known, and no more often can anybody make us ask.
const COOLDOWN_MS = 10_000;
// After a failure nobody waits for the issuer again for this long: a fleet that connects again must not make it worse.
const AWAY_MS = 5_000;

/**
 * An issuer's key set: given, or read from its URL when it is needed, kept for 10 minutes, and read again for a key id that is not in
 * it. `onWithdrawn` is called when a key is missing that was there: what it signed is not to be believed from memory any more.
 */
export function createIssuerKeys(
  source: { url: string } | { jwks: JSONWebKeySet },
  parts: { nowMs: () => number; onWithdrawn: () => void },
): IssuerKeys {
  if ("jwks" in source) return { find: createLocalJWKSet(source.jwks), awaySinceMs: () => null };
  let awaySinceMs: number | null = null;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let known: readonly string[] = [];

  const read = async (url: string, init: RequestInit): Promise<Response> => {
    if (parts.nowMs() - failedAtMs < AWAY_MS) throw new Error("The issuer's keys could not be read a moment ago.");
    try {
      const response = await fetch(url, init);
      if (!response.ok) throw new Error(`The issuer's key set answered ${response.status}.`);
      const keys = keysOf(await response.clone().json());
      if (known.some((key) => !keys.includes(key))) parts.onWithdrawn();
      known = keys;
      awaySinceMs = null;
      return response;
    } catch (error) {
      failedAtMs = parts.nowMs();
      awaySinceMs ??= failedAtMs;
      throw error;
    }
  };
  const find = createRemoteJWKSet(new URL(source.url), {
    timeoutDuration: ANSWER_WITHIN_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: read,
  });
  return { find, awaySinceMs: () => awaySinceMs };
}

function keysOf(body: unknown): string[] {
  if (typeof body === "object" && body !== null && "keys" in body && Array.isArray(body.keys))
    return body.keys.map((key) => JSON.stringify(key));
  throw new Error("The issuer's key set is not one.");
}
