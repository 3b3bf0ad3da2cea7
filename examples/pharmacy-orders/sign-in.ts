import { readFileSync } from "node:fs";
import { importJWK, SignJWT, type JWK } from "jose";
import type { Settings } from "./settings";

/** Gives a patient's access token, as the service's own sign-in would: the same token opens the service and the broker. */
export function createSignIn({ issuerKeyFile }: Settings): (personId: string) => Promise<string> {
  const jwk = JSON.parse(readFileSync(issuerKeyFile, "utf8")) as JWK;
  const key = importJWK(jwk, "ES256");
  return async (personId) =>
    new SignJWT({ platform: "android", app_version: "12.4.1" })
      .setProtectedHeader({ alg: "ES256", ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .setSubject(personId)
      .setIssuer("https://practice.liveconnect.local")
      .setAudience("liveconnect")
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(await key);
}
