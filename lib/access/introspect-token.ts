import { bulkhead, BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleAll, wrap } from "cockatiel";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { CLOCK_TOLERANCE_SECONDS, identityOf, isCurrent, type TokenVerdict } from "./token-identity";
import type { Introspection, TokenIssuer } from "./token-issuer";

/** Asks an issuer about its tokens, and remembers what it said. */
export interface Introspector {
  /** Never rejects. At once for a token asked about less than a minute ago. */
  verify: (token: string, tokenHash: string) => TokenVerdict | Promise<TokenVerdict>;
  /** Since when it does not answer; null while it does. */
  awaySinceMs: () => number | null;
}

// What the issuer says of a token is believed for 60 s (contract 1); it is asked again behind after half of that, so that a
// phone that flaps never waits.
const FRESH_MS = 30_000;
const CURRENT_MS = 60_000;
// A token that was not active does not become so; asked again all the same, as the issuer's own copies may be behind.
const INACTIVE_MS = 10_000;
const ANSWER_WITHIN_MS = 3_000;
const AT_ONCE = 64;
// A fleet's reconnect waits its turn here; a phone gives up after some 5 s.
const MOST_WAITING = 10_000;
const FAILURES_IN_A_ROW = 5;
const AWAY_MS = 5_000;
const MOST_REMEMBERED = 500_000;
const MOST_ANSWER_BYTES = 64 * 1024;

interface Remembered {
  verdict: TokenVerdict;
  askedAtMs: number;
}

const seconds = z.number().optional();
/** RFC 7662 2.2. */
const answerSchema = z.looseObject({
  active: z.boolean(),
  exp: seconds,
  iat: seconds,
  nbf: seconds,
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  jti: z.string().optional(),
});

/**
 * States of a token, by the age of what is known of it: fresh → asked about behind, while the answer is what is known → asked about, and waited
 * for → unknown. A token that was good goes on for `staleSeconds` while the issuer does not answer, and its verdict says so; one that is
 * not known is refused. After five failures in a row nobody waits for the issuer for 5 s. Trades: a change at the issuer is seen within 60 s.
 */
export function createIntrospector(
  { issuer, audience, claims }: Pick<TokenIssuer, "issuer" | "audience" | "claims">,
  introspection: Introspection,
  parts: { nowMs: () => number },
): Introspector {
  const { nowMs } = parts;
  const remembered = new LRUCache<string, Remembered>({ max: MOST_REMEMBERED });
  const asking = new Map<string, Promise<TokenVerdict>>();
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: AWAY_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  const policy = wrap(bulkhead(AT_ONCE, MOST_WAITING), breaker);
  let awaySinceMs: number | null = null;

  const judge = (answer: z.output<typeof answerSchema>, tokenHash: string): TokenVerdict => {
    const nowSeconds = nowMs() / 1_000;
    if (!answer.active) return refused("not_active");
    if (issuer !== undefined && answer.iss !== undefined && answer.iss !== issuer) return refused("wrong_issuer");
    if (audience !== undefined && ![answer.aud].flat().includes(audience)) return refused("wrong_audience");
    if (answer.nbf !== undefined && answer.nbf > nowSeconds + CLOCK_TOLERANCE_SECONDS) return refused("not_yet_valid");
    const { aud, ...rest } = answer;
    const identity = identityOf(aud === undefined ? rest : { ...rest, aud }, claims, tokenHash);
    if (!identity) return refused("no_person");
    return isCurrent(identity, nowSeconds) ? { status: "verified", identity, isCertain: true } : refused("expired");
  };

  const askIssuer = async (token: string, tokenHash: string): Promise<TokenVerdict> => {
    try {
      const answer = await policy.execute(() => post(introspection, token));
      awaySinceMs = null;
      const verdict = judge(answer, tokenHash);
      remembered.set(tokenHash, { verdict, askedAtMs: nowMs() });
      return verdict;
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) awaySinceMs ??= nowMs();
      return withoutIssuer(tokenHash);
    } finally {
      asking.delete(tokenHash);
    }
  };

  const withoutIssuer = (tokenHash: string): TokenVerdict => {
    const known = remembered.peek(tokenHash);
    if (known?.verdict.status !== "verified") return refused("issuer_unavailable");
    if (nowMs() - known.askedAtMs > introspection.staleSeconds * 1_000) return refused("issuer_unavailable");
    return isCurrent(known.verdict.identity, nowMs() / 1_000)
      ? { ...known.verdict, isCertain: false }
      : refused("expired");
  };

  const ask = (token: string, tokenHash: string): Promise<TokenVerdict> => {
    const underWay = asking.get(tokenHash) ?? askIssuer(token, tokenHash);
    asking.set(tokenHash, underWay);
    return underWay;
  };

  return {
    awaySinceMs: () => awaySinceMs,
    verify: (token, tokenHash) => {
      const known = remembered.get(tokenHash);
      if (!known) return ask(token, tokenHash);
      const ageMs = nowMs() - known.askedAtMs;
      if (known.verdict.status === "refused") return ageMs < INACTIVE_MS ? known.verdict : ask(token, tokenHash);
      if (ageMs >= CURRENT_MS || !isCurrent(known.verdict.identity, nowMs() / 1_000)) return ask(token, tokenHash);
      if (ageMs >= FRESH_MS) void ask(token, tokenHash);
      return known.verdict;
    },
  };
}

const refused = (reason: Extract<TokenVerdict, { status: "refused" }>["reason"]): TokenVerdict => ({
  status: "refused",
  reason,
});

/** RFC 7662 2.1; who asks is said as RFC 6749 2.3.1 wants it. Throws for all but an answer. */
async function post({ url, clientId, clientSecret }: Introspection, token: string) {
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString("base64");
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Basic ${basic}`, accept: "application/json" },
    body: new URLSearchParams({ token, token_type_hint: "access_token" }),
    redirect: "error",
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  if (!response.ok || text.length > MOST_ANSWER_BYTES)
    throw new Error(`The issuer's introspection answered ${response.status}.`);
  return answerSchema.parse(JSON.parse(text));
}
