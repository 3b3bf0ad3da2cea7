import { hash } from "node:crypto";
import { decodeJwt, type JSONWebKeySet, type JWTPayload } from "jose";
import { createIntrospector, type Introspector } from "./introspect-token";
import { createIssuerKeys, type IssuerKeys } from "./issuer-keys";
import { createRecentMap } from "./recent-map";
import type { IssuerState, RefusalReason, TokenOutcome } from "./schemas";
import { identityOf, isCurrent, type TokenVerdict } from "./token-identity";
import { issuerName, type TokenIssuer } from "./token-issuer";
import { createJwtVerifier, type JwtVerifier } from "./verify-jwt";

/** At once for no token, for one that is remembered, and for a good one signed by a key that has signed a good one before. */
export type TokenVerifier = (token: string | null) => TokenVerdict | Promise<TokenVerdict>;

const MOST_TOKEN_LENGTH = 8_192;
// About 450 bytes each: a fleet's reconnect after a node's death must find its tokens here.
const MOST_CACHED = 500_000;

interface Issuer {
  state: Omit<IssuerState, "awaySinceMs"> & { outcomes: Record<TokenOutcome, number> };
  issuer: TokenIssuer;
  keys: IssuerKeys | null;
  jwt: JwtVerifier | null;
  introspector: Introspector | null;
}

interface KnownToken {
  verdict: Extract<TokenVerdict, { status: "verified" }>;
  outcomes: Record<TokenOutcome, number>;
}

/**
 * Verifies devices' access tokens: JWT by their issuer's keys, others by asking. A verified JWT is remembered by its SHA-256 until it
 * expires, so that a reconnect costs no signature; a refused one is not. Which issuer is to judge a JWT, the token may say; that it is this one's,
 * only the signature does. Never throws: an issuer that does not answer is a refusal.
 */
export function createTokenVerifier(options: {
  /** Each with the keys of its file, where it has one. */
  issuers: readonly { issuer: TokenIssuer; jwks?: JSONWebKeySet | undefined }[];
  nowSeconds: () => number;
}): { verify: TokenVerifier; issuers: () => IssuerState[] } {
  const { nowSeconds } = options;
  const nowMs = (): number => nowSeconds() * 1_000;
  const remembered = createRecentMap<KnownToken>(MOST_CACHED);
  const issuers = options.issuers.map(({ issuer, jwks }): Issuer => {
    const source = jwks ? { jwks } : issuer.jwksUrl ? { url: issuer.jwksUrl } : null;
    const onWithdrawn = (): void => {
      remembered.clear();
      jwt?.forgetKeys();
    };
    const keys = source && createIssuerKeys(source, { nowMs, onWithdrawn });
    const jwt = keys && createJwtVerifier(issuer, { keys, nowSeconds });
    const introspector = issuer.introspection ? createIntrospector(issuer, issuer.introspection, { nowMs }) : null;
    const outcomes = { known: 0, verified: 0, stale: 0, refused: 0 };
    const state = {
      name: issuerName(issuer),
      audience: issuer.audience ?? null,
      algorithms: issuer.algorithms,
      keys: jwks ? ("file" as const) : issuer.jwksUrl ? ("url" as const) : null,
      isAsked: introspector !== null,
      outcomes,
    };
    return { state, issuer, keys, jwt, introspector };
  });
  const signing = issuers.flatMap((one) => (one.jwt ? [{ ...one, jwt: one.jwt }] : []));
  const answering = issuers.flatMap((one) => (one.introspector ? [{ ...one, introspector: one.introspector }] : []));

  const remember = ({ state, issuer }: Issuer, claims: JWTPayload, tokenHash: string): TokenVerdict => {
    const identity = identityOf(claims, issuer.claims, tokenHash);
    state.outcomes[identity ? "verified" : "refused"] += 1;
    if (!identity) return refused("no_person");
    const verdict = { status: "verified", identity, isCertain: true } as const;
    remembered.set(tokenHash, { verdict, outcomes: state.outcomes });
    return verdict;
  };

  const verifyJwt = async (token: string, tokenHash: string): Promise<TokenVerdict> => {
    const said = issuerSaidBy(token);
    if (said === null) return refused("not_a_token");
    const one = issuers.find(({ issuer }) => issuer.issuer === undefined || issuer.issuer === said.issuer);
    if (!one) return refused("wrong_issuer");
    if (!one.jwt) return introspect(token, tokenHash);
    const judged = await one.jwt.verify(token);
    if (typeof judged !== "string") return remember(one, judged, tokenHash);
    one.state.outcomes.refused += 1;
    return refused(judged);
  };

  /** By the first issuer that knows the token; else what the last one said. */
  const introspect = async (token: string, tokenHash: string): Promise<TokenVerdict> => {
    let verdict = refused("not_a_token");
    for (const { state, introspector } of answering) {
      const asked = introspector.verify(token, tokenHash);
      verdict = asked instanceof Promise ? await asked : asked;
      const known = asked instanceof Promise ? "verified" : "known";
      const good = verdict.status === "verified" && !verdict.isCertain ? "stale" : known;
      state.outcomes[verdict.status === "refused" ? "refused" : good] += 1;
      if (verdict.status === "verified") return verdict;
    }
    return verdict;
  };

  const verify: TokenVerifier = (token) => {
    if (!token) return refused("no_token");
    if (token.length > MOST_TOKEN_LENGTH) return refused("not_a_token");
    const tokenHash = hash("sha256", token, "base64");
    const known = remembered.get(tokenHash);
    if (known && isCurrent(known.verdict.identity, nowSeconds())) {
      known.outcomes.known += 1;
      return known.verdict;
    }
    for (const one of signing) {
      const claims = one.jwt.decideAtOnce(token);
      if (claims) return remember(one, claims, tokenHash);
    }
    return JWS.test(token) ? verifyJwt(token, tokenHash) : introspect(token, tokenHash);
  };

  return {
    verify,
    issuers: () =>
      issuers.map(({ state, keys, introspector }) => ({
        ...state,
        awaySinceMs: keys?.awaySinceMs() ?? introspector?.awaySinceMs() ?? null,
      })),
  };
}

// A header and two more parts; the signature may be empty, as it is with `none`. [RFC 7515 3.1]
const JWS = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/;

const refused = (reason: RefusalReason): TokenVerdict => ({ status: "refused", reason });

/** What an unverified token says of its issuer; null when it is no JWT. */
function issuerSaidBy(token: string): { issuer: unknown } | null {
  try {
    return { issuer: decodeJwt(token).iss };
  } catch {
    // Not a reason of its own: what cannot be read is no token.
    return null;
  }
}
