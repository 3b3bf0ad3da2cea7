import { errors, jwtVerify, type JWTPayload } from "jose";
import type { IssuerKeys } from "./issuer-keys";
import { createQuickCheck } from "./quick-check";
import type { RefusalReason } from "./schemas";
import { CLOCK_TOLERANCE_SECONDS } from "./token-identity";
import type { TokenIssuer } from "./token-issuer";

/** Verifies one issuer's JWT. */
export interface JwtVerifier {
  /** The claims of a good token signed by a key that has signed a good one before; null: not decided here. */
  decideAtOnce: (token: string) => JWTPayload | null;
  /** Never rejects: an issuer that does not answer is a reason. */
  verify: (token: string) => Promise<JWTPayload | RefusalReason>;
  /** No key is known any more. */
  forgetKeys: () => void;
}

export function createJwtVerifier(
  { issuer, audience, algorithms }: Pick<TokenIssuer, "issuer" | "audience" | "algorithms">,
  parts: { keys: IssuerKeys; nowSeconds: () => number },
): JwtVerifier {
  const checkQuickly = createQuickCheck({ issuer, audience, nowSeconds: parts.nowSeconds });
  return {
    decideAtOnce: checkQuickly.payloadOf,
    forgetKeys: checkQuickly.forget,
    verify: async (token) => {
      try {
        const whole = await jwtVerify(token, parts.keys.find, {
          // Pinned, so that a token cannot choose `none` or a shared-secret algorithm.
          algorithms: [...algorithms],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(parts.nowSeconds() * 1_000),
          ...(issuer === undefined ? {} : { issuer }),
          ...(audience === undefined ? {} : { audience }),
        });
        checkQuickly.learn(token, whole);
        return whole.payload;
      } catch (error) {
        return reasonOf(error);
      }
    },
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
  // Several keys fit, and the token does not say which: nothing is tried out.
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "bad_signature";
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return "not_a_token";
  // A critical header we do not know. [RFC 7515 4.1.11]
  if (error instanceof errors.JOSENotSupported) return "not_a_token";
  return "issuer_unavailable";
}
