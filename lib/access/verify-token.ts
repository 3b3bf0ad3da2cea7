import { hash } from "node:crypto";
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import { CLOCK_TOLERANCE_SECONDS, createQuickCheck } from "./quick-check";
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

/** At once for no token, for one that is remembered, and for a good one signed by a key that has signed a good one before. */
export type TokenVerifier = (token: string | null) => TokenVerdict | Promise<TokenVerdict>;

// Pinned, so that a token cannot choose `none` or a shared-secret algorithm.
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const MOST_TOKEN_LENGTH = 8_192;
const MOST_PERSON_ID_LENGTH = 128;
const MOST_CLAIM_LENGTH = 200;
const CONTROL = /\p{C}/gu;
// About 400 bytes each: a fleet's reconnect after a node's death must find its tokens here.
const MOST_CACHED = 500_000;

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
  const checkQuickly = createQuickCheck(options);

  const verifyWhole = async (token: string, key: string): Promise<TokenVerdict> => {
    try {
      const whole = await jwtVerify(token, keySet, {
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(options.nowSeconds() * 1_000),
        ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
        ...(options.audience === undefined ? {} : { audience: options.audience }),
      });
      checkQuickly.learn(token, whole);
      return remember(whole.payload, key);
    } catch (error) {
      return refused(reasonOf(error));
    }
  };

  const remember = (payload: JWTPayload, key: string): TokenVerdict => {
    const identity = identityOf(payload, key);
    if (!identity) return refused("no_person");
    verified.set(key, identity);
    return { status: "verified", identity };
  };

  return (token) => {
    if (!token) return refused("no_token");
    if (token.length > MOST_TOKEN_LENGTH) return refused("not_a_token");
    const key = hash("sha256", token, "base64");
    // Not get: a token is as old as its entry, so the first in is the first to be over.
    const known = verified.peek(key);
    if (known && isCurrent(known, options.nowSeconds())) return { status: "verified", identity: known };
    const payload = checkQuickly.payloadOf(token);
    return payload ? remember(payload, key) : verifyWhole(token, key);
  };
}

const refused = (reason: RefusalReason): TokenVerdict => ({ status: "refused", reason });

const isCurrent = (identity: TokenIdentity, nowSeconds: number): boolean =>
  identity.expiresAt === null || identity.expiresAt + CLOCK_TOLERANCE_SECONDS > nowSeconds;

// By hand, as this stands in every fresh token's way: a schema with these defaults takes ten times as long.
function identityOf(payload: JWTPayload, tokenHash: string): TokenIdentity | null {
  const { sub } = payload;
  if (typeof sub !== "string" || sub.length === 0 || sub.length > MOST_PERSON_ID_LENGTH) return null;
  return {
    personId: sub,
    name: textOf(payload.name),
    phoneNumber: textOf(payload.phone_number),
    platform: textOf(payload.platform),
    appVersion: textOf(payload.app_version),
    deviceModel: textOf(payload.device_model),
    expiresAt: payload.exp ?? null,
    tokenHash,
  };
}

/** A claim's text without what the store would refuse and what could trick a screen; null for what is none. */
const textOf = (claim: unknown): string | null =>
  typeof claim === "string" ? claim.trim().replace(CONTROL, "").slice(0, MOST_CLAIM_LENGTH) || null : null;

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
