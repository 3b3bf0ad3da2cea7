import { readFile } from "node:fs/promises";
import { generateKeyPair, importJWK, SignJWT } from "jose";
import { z } from "zod";
import type { Person } from "./people";

/** An access token as an app's sign-in hands it out. */
export interface DeviceToken {
  token: string;
  expiresAtMs: number;
}

/** Ways a token is no good: past its time, signed by a stranger, meant for another service. */
export const TOKEN_FAULTS = ["expired", "wrong-signature", "wrong-audience"] as const;
export type TokenFault = (typeof TOKEN_FAULTS)[number];

export interface TokenIssuer {
  /** A good token, of one hour unless said. */
  issue: (person: Person, lifeSeconds?: number) => Promise<DeviceToken>;
  /** A token the gateway has to refuse. */
  issueFaulty: (person: Person, fault: TokenFault) => Promise<DeviceToken>;
}

/** Life of a token unless another one is asked for. */
export const TOKEN_LIFE_SECONDS = 3_600;

const privateJwkSchema = z.looseObject({ kty: z.string(), alg: z.string(), kid: z.string(), d: z.string() });

/**
 * The practice identity provider: signs devices' tokens with the private JWK in a file (with `alg` and `kid`).
 * Throws when the file is absent or holds no private key.
 */
export async function openTokenIssuer(options: {
  keyFile: string;
  issuer: string;
  audience: string;
  now: () => number;
}): Promise<TokenIssuer> {
  const jwk = privateJwkSchema.parse(JSON.parse(await readFile(options.keyFile, "utf8")));
  const key = await importJWK(jwk, jwk.alg);
  const stranger = await generateKeyPair(jwk.alg);

  const sign = async (
    person: Person,
    claims: { key: typeof key; audience: string; issuedAtMs: number; lifeSeconds?: number },
  ): Promise<DeviceToken> => {
    const { lifeSeconds = TOKEN_LIFE_SECONDS } = claims;
    const issuedAt = Math.floor(claims.issuedAtMs / 1_000);
    const token = await new SignJWT({
      name: person.name,
      phone_number: person.phoneNumber,
      platform: person.platform,
      app_version: person.appVersion,
      device_model: person.deviceModel,
    })
      .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, typ: "JWT" })
      .setSubject(person.personId)
      .setIssuer(options.issuer)
      .setAudience(claims.audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifeSeconds)
      .sign(claims.key);
    return { token, expiresAtMs: (issuedAt + lifeSeconds) * 1_000 };
  };

  const good = () => ({ key, audience: options.audience, issuedAtMs: options.now() });
  return {
    issue: (person, lifeSeconds) => sign(person, { ...good(), lifeSeconds }),
    issueFaulty: (person, fault) => {
      switch (fault) {
        case "expired":
          return sign(person, { ...good(), issuedAtMs: options.now() - 2 * TOKEN_LIFE_SECONDS * 1_000 });
        case "wrong-signature":
          return sign(person, { ...good(), key: stranger.privateKey });
        case "wrong-audience":
          return sign(person, { ...good(), audience: "another-service" });
      }
    },
  };
}
