import { hash } from "node:crypto";
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { RefusalReason } from "./schemas";

/** Who a verified token says its bearer is. */
export interface TokenIdentity {
  personId: string;
  name: string | null;
  phoneNumber: string | null;
  platform: string | null;
  appVersion: string | null;
  deviceModel: string | null;
  /** Seconds since the epoch; null: the token does not expire. */
  expiresAt: number | null;
  /** SHA-256 of the whole token, base64. */
  tokenHash: string;
}

export type TokenVerdict =
  { status: "verified"; identity: TokenIdentity } | { status: "refused"; reason: RefusalReason };

/** At once for no token and for one that is remembered. */
export type TokenVerifier = (token: string | null) => TokenVerdict | Promise<TokenVerdict>;

// Pinned, so that a token cannot choose `none` or a shared-secret algorithm.
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const CLOCK_TOLERANCE_SECONDS = 5;
const MOST_TOKEN_LENGTH = 8_192;
// About 400 bytes each: a fleet's reconnect after a node's death must find its tokens here.
const MOST_CACHED = 500_000;

const text = z
  .string()
  .trim()
  // Control characters would be refused by the store and could trick a screen.
  .transform((value) => value.replace(/\p{C}/gu, "").slice(0, 200) || null)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);
const claimsSchema = z.object({
  sub: z.string().min(1).max(128),
  name: text,
  phone_number: text,
  platform: text,
  app_version: text,
  device_model: text,
});

/**
 * Verifies devices' access tokens (JWT) by the issuer's keys. A verified token is remembered by its SHA-256 until it expires,
 * so that a reconnect costs no signature; a refused one is not. Never throws: an issuer that does not answer is a refusal.
 */
export function createTokenVerifier(options: {
  keys: { url: string } | { jwks: JSONWebKeySet };
  issuer: string | undefined;
  audience: string | undefined;
  nowSeconds: () => number;
}): TokenVerifier {
  const keySet =
    "url" in options.keys
      ? createRemoteJWKSet(new URL(options.keys.url), { timeoutDuration: 3_000, cooldownDuration: 10_000 })
      : createLocalJWKSet(options.keys.jwks);
  const verified = new LRUCache<string, TokenIdentity>({ max: MOST_CACHED });

  const verify = async (token: string, key: string): Promise<TokenVerdict> => {
    try {
      const { payload } = await jwtVerify(token, keySet, {
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(options.nowSeconds() * 1_000),
        ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
        ...(options.audience === undefined ? {} : { audience: options.audience }),
      });
      const identity = identityOf(payload, key);
      if (!identity) return refused("no_person");
      verified.set(key, identity);
      return { status: "verified", identity };
    } catch (error) {
      return refused(reasonOf(error));
    }
  };

  return (token) => {
    if (!token) return refused("no_token");
    if (token.length > MOST_TOKEN_LENGTH) return refused("not_a_token");
    const key = hash("sha256", token, "base64");
    const known = verified.get(key);
    return known && isCurrent(known, options.nowSeconds())
      ? { status: "verified", identity: known }
      : verify(token, key);
  };
}

const refused = (reason: RefusalReason): TokenVerdict => ({ status: "refused", reason });

const isCurrent = (identity: TokenIdentity, nowSeconds: number): boolean =>
  identity.expiresAt === null || identity.expiresAt + CLOCK_TOLERANCE_SECONDS > nowSeconds;

function identityOf(payload: JWTPayload, tokenHash: string): TokenIdentity | null {
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) return null;
  return {
    personId: claims.data.sub,
    name: claims.data.name,
    phoneNumber: claims.data.phone_number,
    platform: claims.data.platform,
    appVersion: claims.data.app_version,
    deviceModel: claims.data.device_model,
    expiresAt: payload.exp ?? null,
    tokenHash,
  };
}

function reasonOf(error: unknown): RefusalReason {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "iss") return "wrong_issuer";
    if (error.claim === "aud") return "wrong_audience";
    if (error.claim === "nbf") return "not_yet_valid";
    return "not_a_token";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return "bad_signature";
  // A key id the issuer does not have, or an algorithm that is not allowed: nobody we trust signed it.
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JOSEAlgNotAllowed) return "bad_signature";
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return "not_a_token";
  return "issuer_unavailable";
}
