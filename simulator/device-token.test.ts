import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportJWK, generateKeyPair, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTokenIssuer, TOKEN_FAULTS } from "./device-token";
import { personOf } from "./people";

const person = personOf(1, 0);
let folder: string;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "device-token-"));
  keys = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(keys.privateKey)), alg: "ES256", kid: "practice-1" };
  await writeFile(path.join(folder, "key.json"), JSON.stringify(jwk));
});
afterAll(() => rm(folder, { recursive: true }));

const openIssuer = () =>
  openTokenIssuer({
    keyFile: path.join(folder, "key.json"),
    issuer: "https://id.example",
    audience: "liveconnect",
    now: () => Date.now(),
  });
const verify = (token: string) =>
  jwtVerify(token, keys.publicKey, { issuer: "https://id.example", audience: "liveconnect" });

test("a good token says who, on which phone, for an hour", async () => {
  const { token, expiresAtMs } = await (await openIssuer()).issue(person);
  const { payload, protectedHeader } = await verify(token);
  expect(protectedHeader).toMatchObject({ alg: "ES256", kid: "practice-1" });
  expect(payload).toMatchObject({
    sub: person.personId,
    name: person.name,
    phone_number: person.phoneNumber,
    platform: person.platform,
    app_version: person.appVersion,
    device_model: person.deviceModel,
    exp: expiresAtMs / 1_000,
  });
  expect(expiresAtMs - Date.now()).toBeGreaterThan(3_590_000);
});

test.each(TOKEN_FAULTS)("a faulty token (%s) does not verify", async (fault) => {
  const { token } = await (await openIssuer()).issueFaulty(person, fault);
  await expect(verify(token)).rejects.toThrow();
});
