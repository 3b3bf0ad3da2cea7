import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PRACTICE_ISSUER } from "@/lib/access/token-issuer";
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from "jose";

/** Stands in for the host system's identity provider: it signs the tokens that practice phones connect with. */

export { PRACTICE_ISSUER };
export const PRACTICE_AUDIENCE = "liveconnect";
const ALGORITHM = "ES256";

/** Where the key pair lies in a data folder. */
export const issuerFiles = (dataFolder: string): { privateKey: string; jwks: string } => ({
  privateKey: path.join(dataFolder, "practice", "issuer-key.json"),
  jwks: path.join(dataFolder, "practice", "jwks.json"),
});

/** Makes the key pair unless it is there: a private JWK only its owner can read, and the public set. */
export async function ensureIssuer(dataFolder: string): Promise<void> {
  const files = issuerFiles(dataFolder);
  if (existsSync(files.privateKey) && existsSync(files.jwks)) return;
  mkdirSync(path.dirname(files.privateKey), { recursive: true, mode: 0o700 });
  const pair = await makePair();
  writeFileSync(files.privateKey, `${JSON.stringify(pair.privateJwk, null, 2)}\n`, { mode: 0o600 });
  writeFileSync(files.jwks, `${JSON.stringify({ keys: [pair.publicJwk] }, null, 2)}\n`);
}

export interface DeviceTokenClaims {
  /** `sub`: the person id. */
  person: string;
  name?: string;
  phoneNumber?: string;
  platform?: string;
  appVersion?: string;
  deviceModel?: string;
  /** As jose takes it: "1h", "30s", "-1h" (expired). */
  expires?: string;
  audience?: string;
  issuer?: string;
  /** Signs with a key that is not the issuer's, under its key id. */
  wrongSignature?: boolean;
}

/** A device's access token, signed by the practice issuer of a data folder. Throws when the stack has never started there. */
export async function signDeviceToken(dataFolder: string, claims: DeviceTokenClaims): Promise<string> {
  const issuerKey = JSON.parse(readFileSync(issuerFiles(dataFolder).privateKey, "utf8")) as JWK;
  const key = claims.wrongSignature ? (await makePair()).privateJwk : issuerKey;
  const payload = {
    name: claims.name,
    phone_number: claims.phoneNumber,
    platform: claims.platform,
    app_version: claims.appVersion,
    device_model: claims.deviceModel,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: ALGORITHM, kid: issuerKey.kid })
    .setSubject(claims.person)
    .setIssuer(claims.issuer ?? PRACTICE_ISSUER)
    .setAudience(claims.audience ?? PRACTICE_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(claims.expires ?? "1h")
    .sign(await importJWK(key, ALGORITHM));
}

async function makePair(): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const known = { alg: ALGORITHM, use: "sig", kid: randomUUID() };
  return {
    privateJwk: { ...(await exportJWK(privateKey)), ...known },
    publicJwk: { ...(await exportJWK(publicKey)), ...known },
  };
}
