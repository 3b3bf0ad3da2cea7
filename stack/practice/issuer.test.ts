import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureIssuer, issuerFiles, PRACTICE_AUDIENCE, PRACTICE_ISSUER, signDeviceToken } from "./issuer";

const folder = mkdtempSync(path.join(tmpdir(), "liveconnect-issuer-"));
beforeAll(() => ensureIssuer(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (token: string) => {
  const jwks = JSON.parse(readFileSync(issuerFiles(folder).jwks, "utf8")) as JSONWebKeySet;
  return jwtVerify(token, createLocalJWKSet(jwks), { issuer: PRACTICE_ISSUER, audience: PRACTICE_AUDIENCE });
};

test("a device's token says who it is, and its public key set proves it", async () => {
  const token = await signDeviceToken(folder, { person: "p-1", name: "Siti", phoneNumber: "+62811", platform: "ios" });
  const { payload } = await verify(token);
  expect(payload).toMatchObject({ sub: "p-1", name: "Siti", phone_number: "+62811", platform: "ios" });
});

test("tokens that must be refused are: wrong signature, expired, for somebody else", async () => {
  await expect(verify(await signDeviceToken(folder, { person: "p-1", wrongSignature: true }))).rejects.toMatchObject({
    code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  });
  await expect(verify(await signDeviceToken(folder, { person: "p-1", expires: "-1h" }))).rejects.toMatchObject({
    code: "ERR_JWT_EXPIRED",
  });
  await expect(verify(await signDeviceToken(folder, { person: "p-1", audience: "other" }))).rejects.toMatchObject({
    claim: "aud",
  });
});

test("the public set holds no private part", () => {
  expect(readFileSync(issuerFiles(folder).jwks, "utf8")).not.toContain('"d"');
});
