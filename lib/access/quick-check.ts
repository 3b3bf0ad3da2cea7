import { KeyObject, verify } from "node:crypto";
import type { JWTPayload, JWTVerifyResult, ResolvedKey } from "jose";
import { LRUCache } from "lru-cache";
import { CLOCK_TOLERANCE_SECONDS } from "./token-identity";

/**
 * The common case of a token, decided without a promise or a thread: its header is, to the letter, one the whole verification has accepted
 * before, so that algorithm and key are known. What it accepts the whole verification would accept; of everything else it says
 * nothing, and the whole verification finds the reason. Measured in bench/hooks.bench.ts.
 */
export interface QuickCheck {
  /** The claims of a token whose signature, times, issuer and audience are good; null: not decided here. */
  payloadOf: (token: string) => JWTPayload | null;
  /** Remembers the key a token was verified with, whole. */
  learn: (token: string, verified: Pick<JWTVerifyResult & ResolvedKey, "protectedHeader" | "key">) => void;
  /** Forgets every key. */
  forget: () => void;
}

// A key the issuer took back is trusted no longer here than in jose's own copy of the key set (10 min).
const KEY_SECONDS = 600;
// An issuer signs with one or two keys at a time.
const MOST_KEYS = 32;
const JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

interface KnownKey {
  algorithm: string;
  key: KeyObject;
  learnedAtSeconds: number;
}

export function createQuickCheck(options: {
  issuer: string | undefined;
  audience: string | undefined;
  nowSeconds: () => number;
}): QuickCheck {
  const keys = new LRUCache<string, KnownKey>({ max: MOST_KEYS });
  const isGood = (claims: JWTPayload): boolean => {
    // Whole seconds, as the whole verification counts.
    const now = Math.floor(options.nowSeconds());
    return (
      (options.issuer === undefined || claims.iss === options.issuer) &&
      (options.audience === undefined || [claims.aud].flat().includes(options.audience)) &&
      (claims.iat === undefined || typeof claims.iat === "number") &&
      (claims.nbf === undefined || (typeof claims.nbf === "number" && claims.nbf <= now + CLOCK_TOLERANCE_SECONDS)) &&
      (claims.exp === undefined || (typeof claims.exp === "number" && claims.exp > now - CLOCK_TOLERANCE_SECONDS))
    );
  };
  return {
    payloadOf: (token) => {
      const headerEnd = token.indexOf(".");
      const known = keys.get(token.slice(0, headerEnd));
      if (!known || options.nowSeconds() - known.learnedAtSeconds > KEY_SECONDS || !JWS.test(token)) return null;
      const signatureAt = token.lastIndexOf(".") + 1;
      const signature = Buffer.from(token.slice(signatureAt), "base64url");
      if (!isSigned(known, Buffer.from(token.slice(0, signatureAt - 1), "latin1"), signature)) return null;
      const claims = claimsOf(token.slice(headerEnd + 1, signatureAt - 1));
      return claims && isGood(claims) ? claims : null;
    },
    learn: (token, { protectedHeader, key }) => {
      if (!(key instanceof Uint8Array))
        keys.set(token.slice(0, token.indexOf(".")), {
          algorithm: protectedHeader.alg,
          key: KeyObject.from(key),
          learnedAtSeconds: options.nowSeconds(),
        });
    },
    forget: () => keys.clear(),
  };
}

/** RFC 7518 3.3 and 3.4, RFC 8037 3.1. */
function isSigned({ algorithm, key }: KnownKey, content: Buffer, signature: Buffer): boolean {
  switch (algorithm) {
    case "RS256":
      return verify("RSA-SHA256", content, key, signature);
    case "ES256":
      return verify("SHA256", content, { key, dsaEncoding: "ieee-p1363" }, signature);
    case "EdDSA":
      return verify(null, content, key, signature);
    default:
      return false;
  }
}

function claimsOf(part: string): JWTPayload | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? { ...claims } : null;
  } catch {
    // Not decided here: the whole verification says what is wrong.
    return null;
  }
}
