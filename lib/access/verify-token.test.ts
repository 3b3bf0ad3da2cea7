import { hash } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { RefusalReason } from "./schemas";
import { createTokenVerifier, type TokenVerifier } from "./verify-token";

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
    keys: { jwks: { keys: [publicJwk] } },
    issuer: "https://id.example",
    audience: "liveconnect",
    nowSeconds: () => now,
  });
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
        tokenHash: hash("sha256", token, "base64"),
      },
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

  it("is not accepted from memory after it expired", async () => {
    const token = await sign();
    expect(await verify(token)).toMatchObject({ status: "verified" });
    now = NOW + 120;
    expect(await verify(token)).toEqual({ status: "refused", reason: "expired" });
    now = NOW;
  });
});
