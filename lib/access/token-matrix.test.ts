import { createHmac, KeyObject, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type GenerateKeyPairResult, type JWK } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { RefusalReason } from "./schemas";
import { tokenIssuerSchema, TOKEN_ALGORITHMS, type TokenIssuer } from "./token-issuer";
import { createTokenVerifier } from "./verify-token";

type Algorithm = (typeof TOKEN_ALGORITHMS)[number];
const pairs = new Map<Algorithm, GenerateKeyPairResult>();
const jwks = new Map<Algorithm, JWK>();
const NOW = 1_795_000_000;
const ISSUER = "https://id.example";

const pairOf = (algorithm: Algorithm): GenerateKeyPairResult => {
  const pair = pairs.get(algorithm);
  if (!pair) throw new Error(`no key for ${algorithm}`);
  return pair;
};
const keySet = (...algorithms: Algorithm[]) => ({
  keys: [...jwks].filter(([algorithm]) => algorithms.includes(algorithm)).map(([, jwk]) => jwk),
});

beforeAll(async () => {
  for (const algorithm of TOKEN_ALGORITHMS) {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    pairs.set(algorithm, pair);
    jwks.set(algorithm, { ...(await exportJWK(pair.publicKey)), kid: `key-${algorithm}`, alg: algorithm });
  }
});

const claims = { sub: "p-1", iss: ISSUER, aud: "liveconnect", exp: NOW + 60 };
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token with any header at all, signed by the key of an algorithm. */
async function forge(algorithm: Algorithm, header: object, said: object = claims): Promise<string> {
  const signed = await new SignJWT({ ...said })
    .setProtectedHeader({ alg: algorithm })
    .sign(pairOf(algorithm).privateKey);
  // Signed anew over the header wanted, as jose would not sign some of these.
  const content = `${encode(header)}.${signed.split(".")[1]}`;
  const key = KeyObject.from(pairOf(algorithm).privateKey);
  const made = sign(
    algorithm === "EdDSA" ? null : "SHA256",
    Buffer.from(content),
    algorithm === "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key,
  );
  return `${content}.${made.toString("base64url")}`;
}

const issuerOf = (given: object = {}): TokenIssuer =>
  tokenIssuerSchema.parse({ issuer: ISSUER, audience: "liveconnect", jwksFile: "-", ...given });
const verifierOf = (algorithm: Algorithm, given: object = {}) =>
  createTokenVerifier({ issuers: [{ issuer: issuerOf(given), jwks: keySet(algorithm) }], nowSeconds: () => NOW });

/** By HMAC with something everybody can know: what a library falls for that takes the algorithm from the token. */
const hmac = (header: object, secret: string | Buffer): string => {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
};

describe.each([...TOKEN_ALGORITHMS])("a token signed by %s", (alg) => {
  const kid = `key-${alg}`;
  const wrong: [string, RefusalReason, (own: JWK) => Promise<string> | string][] = [
    ["expired", "expired", () => forge(alg, { alg, kid }, { ...claims, exp: NOW - 6 })],
    ["not valid yet", "not_yet_valid", () => forge(alg, { alg, kid }, { ...claims, nbf: NOW + 6 })],
    ["for another audience", "wrong_audience", () => forge(alg, { alg, kid }, { ...claims, aud: "billing" })],
    ["of another issuer", "wrong_issuer", () => forge(alg, { alg, kid }, { ...claims, iss: "https://evil.example" })],
    ["whose issuer is no text", "wrong_issuer", () => forge(alg, { alg, kid }, { ...claims, iss: [ISSUER] })],
    ["without a person", "no_person", () => forge(alg, { alg, kid }, { ...claims, sub: undefined })],
    [
      "with one bit of its signature turned",
      "bad_signature",
      async () => {
        const token = await forge(alg, { alg, kid });
        const at = token.lastIndexOf(".") + 1;
        const signature = Buffer.from(token.slice(at), "base64url");
        signature[9] = (signature[9] ?? 0) ^ 1;
        return token.slice(0, at) + signature.toString("base64url");
      },
    ],
    ["with algorithm none", "bad_signature", () => `${encode({ alg: "none", kid })}.${encode(claims)}.`],
    ["with algorithm nOnE", "bad_signature", () => `${encode({ alg: "nOnE", kid })}.${encode(claims)}.`],
    [
      "as HS256 with the public JWK as the secret",
      "bad_signature",
      (own) => hmac({ alg: "HS256", kid }, JSON.stringify(own)),
    ],
    [
      "as HS256 with the public PEM as the secret",
      "bad_signature",
      async () => hmac({ alg: "HS256", kid }, await exportSPKI(pairOf(alg).publicKey)),
    ],
    ["with an unknown key id", "bad_signature", () => forge(alg, { alg, kid: "other" })],
    ["with a path as its key id", "bad_signature", () => forge(alg, { alg, kid: "../../../../dev/null" })],
    ["with SQL as its key id", "bad_signature", () => forge(alg, { alg, kid: "x' union select 'secret' --" })],
    ["with an object as its key id", "bad_signature", () => forge(alg, { alg, kid: { $ne: null } })],
    ["with a critical header nobody knows", "not_a_token", () => forge(alg, { alg, kid, crit: ["exp"], exp: NOW })],
    ["of more than 8 kB", "not_a_token", () => forge(alg, { alg, kid }, { ...claims, filling: "x".repeat(8_192) })],
  ];

  it.each(wrong)("%s is refused as %s", async (_name, reason, make) => {
    const own = jwks.get(alg) ?? {};
    const { verify } = verifierOf(alg);
    const token = await make(own);
    expect(await verify(token)).toEqual({ status: "refused", reason });
    // A good one before it teaches the quick check a header and a key, which a bad one must gain nothing of.
    expect(await verify(await forge(alg, { alg, kid }))).toMatchObject({ status: "verified" });
    expect(await verify(token)).toEqual({ status: "refused", reason });
  });

  it("is not judged by a key or an address of keys it brings along", async () => {
    const stranger = await generateKeyPair(alg, { extractable: true });
    const jwk = { ...(await exportJWK(stranger.publicKey)), kid, alg };
    let asked = 0;
    const server = await serveKeys(() => {
      asked += 1;
      return { keys: [jwk] };
    });
    const strange = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg, kid, jwk, jku: server.url, x5u: server.url, x5c: ["MIIB"] })
      .sign(stranger.privateKey);
    expect(await verifierOf(alg).verify(strange)).toEqual({ status: "refused", reason: "bad_signature" });
    const own = await forge(alg, { alg, kid, jwk, jku: server.url, x5u: server.url });
    expect(await verifierOf(alg).verify(own)).toMatchObject({ status: "verified" });
    expect(asked).toBe(0);
    await server.close();
  });

  it("is refused by an issuer that is pinned to other algorithms, even when its key set holds the key", async () => {
    const others = TOKEN_ALGORITHMS.filter((one) => one !== alg);
    const token = await forge(alg, { alg, kid });
    expect(await verifierOf(alg, { algorithms: others }).verify(token)).toEqual({
      status: "refused",
      reason: "bad_signature",
    });
  });
});

interface KeyServer {
  url: string;
  close: () => Promise<void>;
}
async function serveKeys(answer: () => object | null, port = 0): Promise<KeyServer> {
  const server: Server = createServer((_request, response) => {
    const body = answer();
    response.writeHead(body ? 200 : 503, { "content-type": "application/json" }).end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}/jwks`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

describe("an issuer's key set, read over HTTP", () => {
  let served: object | null;
  let asked: number;
  let server: KeyServer;
  let nowMs: number;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: NOW * 1_000 });
    nowMs = NOW * 1_000;
    served = keySet("ES256");
    asked = 0;
    server = await serveKeys(() => {
      asked += 1;
      return served;
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await server.close();
  });
  const pass = (seconds: number): void => {
    nowMs += seconds * 1_000;
    vi.advanceTimersByTime(seconds * 1_000);
  };
  const verifier = () =>
    createTokenVerifier({
      issuers: [{ issuer: issuerOf({ jwksFile: undefined, jwksUrl: server.url }) }],
      nowSeconds: () => nowMs / 1_000,
    });
  const make = (alg: Algorithm, jti: string) =>
    forge(alg, { alg, kid: `key-${alg}` }, { ...claims, exp: NOW + 86_400, jti });

  it("is asked once for many tokens, and again when a token names a key it did not have: a rotation", async () => {
    const { verify } = verifier();
    const all = await Promise.all(Array.from({ length: 20 }, async (_, n) => verify(await make("ES256", `${n}`))));
    expect(all.every(({ status }) => status === "verified")).toBe(true);
    expect(asked).toBe(1);
    served = keySet("ES256", "RS256");
    pass(11);
    expect(await verify(await make("RS256", "rotated"))).toMatchObject({ status: "verified" });
    expect(asked).toBe(2);
  });

  it("is not asked again and again for key ids that somebody makes up", async () => {
    const { verify } = verifier();
    for (let n = 0; n < 20; n += 1)
      expect(await verify(await forge("ES256", { alg: "ES256", kid: `made-up-${n}` }))).toMatchObject({
        reason: "bad_signature",
      });
    expect(asked).toBeLessThanOrEqual(2);
  });

  it("takes the trust away from tokens that are remembered, once a key is withdrawn", async () => {
    const { verify } = verifier();
    const token = await make("ES256", "1");
    expect(await verify(token)).toMatchObject({ status: "verified" });
    served = keySet("RS256");
    pass(11);
    expect(await verify(await make("RS256", "2"))).toMatchObject({ status: "verified" });
    expect(await verify(token)).toEqual({ status: "refused", reason: "bad_signature" });
  });

  it("cannot be read: known tokens go on, new ones are refused, both are counted, and it is not asked by each", async () => {
    const { verify, issuers } = verifier();
    const known = await make("ES256", "known");
    await verify(known);
    served = null;
    pass(601);
    asked = 0;
    for (let n = 0; n < 10; n += 1)
      expect(await verify(await make("ES256", `${n}`))).toEqual({ status: "refused", reason: "issuer_unavailable" });
    expect(asked).toBe(1);
    expect(await verify(known)).toMatchObject({ status: "verified" });
    expect(issuers()).toEqual([
      {
        name: "id.example",
        audience: "liveconnect",
        algorithms: ["RS256", "ES256", "EdDSA"],
        keys: "url",
        isAsked: false,
        awaySinceMs: nowMs,
        outcomes: { known: 1, verified: 1, stale: 0, refused: 10 },
      },
    ]);
    served = keySet("ES256");
    pass(6);
    expect(await verify(await make("ES256", "after"))).toMatchObject({ status: "verified" });
    expect(issuers()[0]?.awaySinceMs).toBeNull();
  });
});

describe("several issuers", () => {
  const other = "https://other.example";
  const both = () =>
    createTokenVerifier({
      issuers: [
        { issuer: issuerOf({ algorithms: ["ES256"] }), jwks: keySet("ES256") },
        {
          issuer: issuerOf({ issuer: other, algorithms: ["RS256"], claims: { person: "uid" } }),
          jwks: keySet("RS256"),
        },
      ],
      nowSeconds: () => NOW,
    });

  it("each judge their own tokens, with their own keys, algorithms and names of claims", async () => {
    const { verify } = both();
    const ours = await forge("ES256", { alg: "ES256", kid: "key-ES256" });
    const theirs = await forge("RS256", { alg: "RS256", kid: "key-RS256" }, { ...claims, iss: other, uid: "p-2" });
    for (let time = 0; time < 2; time += 1) {
      expect(await verify(ours)).toMatchObject({ identity: { personId: "p-1" } });
      expect(await verify(theirs)).toMatchObject({ identity: { personId: "p-2" } });
    }
  });

  it("do not vouch for one another: a token in the name of one signed by the other is refused", async () => {
    const { verify } = both();
    await verify(await forge("RS256", { alg: "RS256", kid: "key-RS256" }, { ...claims, iss: other, uid: "p-2" }));
    const crossed = await forge("RS256", { alg: "RS256", kid: "key-RS256" });
    expect(await verify(crossed)).toEqual({ status: "refused", reason: "bad_signature" });
    expect(await verify(await forge("ES256", { alg: "ES256", kid: "key-ES256" }, { ...claims, iss: "x" }))).toEqual({
      status: "refused",
      reason: "wrong_issuer",
    });
  });
});
