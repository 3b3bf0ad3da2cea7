import { hash } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { RefusalReason } from "./schemas";
import { tokenIssuerSchema } from "./token-issuer";
import { createTokenVerifier, type TokenVerifier } from "./verify-token";

const issuer = tokenIssuerSchema.parse({ issuer: "https://id.example", audience: "liveconnect", jwksFile: "-" });

const NOW = 1_795_000_000;
let key: CryptoKey;
let stranger: CryptoKey;
let publicJwk: JWK;
let now = NOW;
let verify: TokenVerifier;

beforeAll(async () => {
  const ours = await generateKeyPair("ES256", { extractable: true });
  key = ours.privateKey;
  publicJwk = { ...(await exportJWK(ours.publicKey)), kid: "k1", alg: "ES256" };
  stranger = (await generateKeyPair("ES256")).privateKey;
  verify = createTokenVerifier({
    issuers: [{ issuer, jwks: { keys: [publicJwk] } }],
    nowSeconds: () => now,
  }).verify;
});

const sign = (claims: Record<string, unknown> = {}, by: CryptoKey = key, kid = "k1"): Promise<string> =>
  new SignJWT({
    sub: "p-1",
    name: "Siti\u0000 Contoh",
    exp: NOW + 60,
    iss: "https://id.example",
    aud: "liveconnect",
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid })
    .sign(by);

const WRONG: [RefusalReason, () => Promise<string | null>][] = [
  ["no_token", async () => null],
  ["not_a_token", async () => "a.b.c"],
  ["not_a_token", async () => "x".repeat(9_000)],
  ["bad_signature", () => sign({}, stranger)],
  ["bad_signature", () => sign({}, key, "k2")],
  ["expired", () => sign({ exp: NOW - 60 })],
  ["not_yet_valid", () => sign({ nbf: NOW + 60 })],
  ["wrong_issuer", () => sign({ iss: "https://evil.example" })],
  ["wrong_audience", () => sign({ aud: "other" })],
  ["no_person", () => sign({ sub: "" })],
];

describe("a device's token", () => {
  it("is accepted, with what it says of its bearer and without control characters", async () => {
    const token = await sign({ phone_number: "+6281200001234", app_version: "12.4.1" });
    const verdict = await verify(token);
    expect(verdict).toEqual({
      status: "verified",
      identity: {
        personId: "p-1",
        name: "Siti Contoh",
        phoneNumber: "+6281200001234",
        platform: null,
        appVersion: "12.4.1",
        deviceModel: null,
        expiresAt: NOW + 60,
        issuedAt: null,
        tokenId: null,
        tokenHash: hash("sha256", token, "base64"),
      },
      isCertain: true,
    });
  });

  it("says nothing of what its claims leave out or do not say in text, and no more than fits", async () => {
    const verdict = await verify(
      await sign({
        name: 5,
        phone_number: "  ",
        platform: null,
        app_version: ["1"],
        device_model: `\u0007${"x".repeat(300)}`,
      }),
    );
    expect(verdict).toMatchObject({
      identity: { name: null, phoneNumber: null, platform: null, appVersion: null, deviceModel: "x".repeat(200) },
    });
  });

  it.each(WRONG)("is refused as %s", async (reason, make) => {
    expect(await verify(await make())).toEqual({ status: "refused", reason });
  });

  it("is refused with algorithm none, and with a secret made of the public key", async () => {
    const claims = { sub: "p-1", exp: NOW + 60, iss: "https://id.example", aud: "liveconnect" };
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .sign(new TextEncoder().encode(JSON.stringify(publicJwk)));
    for (const token of [new UnsecuredJWT(claims).encode(), confused])
      expect(await verify(token)).toMatchObject({ status: "refused" });
  });

  it.each(["RS256", "ES256", "EdDSA"])(
    "signed by %s is decided at once when its key has signed a good one before",
    async (alg) => {
      const pair = await generateKeyPair(alg, { extractable: true });
      const header = { alg, kid: "k3" };
      const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), ...header }] };
      const fresh = () => createTokenVerifier({ issuers: [{ issuer, jwks }], nowSeconds: () => NOW }).verify;
      const make = (claims: Record<string, unknown>, by = pair.privateKey) =>
        new SignJWT({ sub: "p-1", iss: "https://id.example", aud: "liveconnect", ...claims })
          .setProtectedHeader(header)
          .sign(by);
      const verifier = fresh();
      const first = verifier(await make({ jti: "1" }));
      expect(first).toBeInstanceOf(Promise);
      await first;
      expect(verifier(await make({ jti: "2", exp: NOW + 1, nbf: NOW, aud: ["x", "liveconnect"] }))).toMatchObject({
        status: "verified",
      });
      // What the quick check does not accept is judged as if there were none.
      const times = [undefined, NOW - 6, NOW - 5, NOW - 4, NOW + 5, NOW + 6, 1.5, "soon"];
      const doubtful = [
        ...times.flatMap((time) => [{ exp: time }, { nbf: time }, { iat: time }]),
        ...[undefined, "", "other", ["other"], ["liveconnect"], 7].map((aud) => ({ aud })),
        ...[undefined, "https://evil.example"].map((iss) => ({ iss })),
        ...["", 5, "x".repeat(129)].map((sub) => ({ sub })),
      ];
      await Promise.all(
        doubtful.map(async (claims) => {
          const token = await make(claims);
          expect(await verifier(token), JSON.stringify(claims)).toEqual(await fresh()(token));
        }),
      );
      const { privateKey: other } = await generateKeyPair(alg);
      const good = await make({ jti: "3" });
      const [head = "", body = "", signature = ""] = good.split(".");
      const [, otherBody = ""] = (await make({ sub: "p-2" })).split(".");
      for (const token of [
        await make({}, other),
        `${head}.${otherBody}.${signature}`,
        `${head}.${body}.`,
        `${good}.${signature}`,
        `${head}.${body}.${signature.slice(4)}`,
      ])
        expect(await verifier(token)).toMatchObject({ status: "refused" });
    },
    20_000,
  );

  it("is not accepted from memory after it expired", async () => {
    const token = await sign();
    expect(await verify(token)).toMatchObject({ status: "verified" });
    now = NOW + 120;
    expect(await verify(token)).toEqual({ status: "refused", reason: "expired" });
    now = NOW;
  });
});
