import type { JWTPayload } from "jose";
import { z } from "zod";
import type { RefusalReason } from "./schemas";

/** Who a good token says its bearer is. */
export interface TokenIdentity {
  personId: string;
  name: string | null;
  phoneNumber: string | null;
  platform: string | null;
  appVersion: string | null;
  deviceModel: string | null;
  /** Seconds since the epoch; null: the token does not expire. */
  expiresAt: number | null;
  /** Seconds since the epoch; null: the token does not say. */
  issuedAt: number | null;
  /** Its `jti`. */
  tokenId: string | null;
  /** SHA-256 of the whole token, base64. */
  tokenHash: string;
}

export type TokenVerdict =
  /** `isCertain` false: its issuer could not be asked again, so what it said last was believed. */
  { status: "verified"; identity: TokenIdentity; isCertain: boolean } | { status: "refused"; reason: RefusalReason };

const claimName = (fallback: string) => z.string().min(1).max(200).default(fallback);

/** Which claims say what. */
export const claimNamesSchema = z.strictObject({
  person: claimName("sub"),
  name: claimName("name"),
  phoneNumber: claimName("phone_number"),
  platform: claimName("platform"),
  appVersion: claimName("app_version"),
  deviceModel: claimName("device_model"),
});
export type ClaimNames = z.output<typeof claimNamesSchema>;

/** How far an issuer's clock may be off. */
export const CLOCK_TOLERANCE_SECONDS = 5;

const MOST_PERSON_ID_LENGTH = 128;
const MOST_CLAIM_LENGTH = 200;
const CONTROL = /\p{C}/gu;

/**
 * The identity in a good token's claims; null when they name no person. By hand, as this stands in every fresh token's way: a schema with
 * these defaults takes ten times as long.
 */
export function identityOf(claims: JWTPayload, names: ClaimNames, tokenHash: string): TokenIdentity | null {
  const person = claims[names.person];
  if (typeof person !== "string" || person.length === 0 || person.length > MOST_PERSON_ID_LENGTH) return null;
  return {
    personId: person,
    name: textOf(claims[names.name]),
    phoneNumber: textOf(claims[names.phoneNumber]),
    platform: textOf(claims[names.platform]),
    appVersion: textOf(claims[names.appVersion]),
    deviceModel: textOf(claims[names.deviceModel]),
    expiresAt: claims.exp ?? null,
    issuedAt: claims.iat ?? null,
    tokenId: textOf(claims.jti),
    tokenHash,
  };
}

/** Is the token's time not over? */
export const isCurrent = ({ expiresAt }: TokenIdentity, nowSeconds: number): boolean =>
  expiresAt === null || expiresAt + CLOCK_TOLERANCE_SECONDS > nowSeconds;

/** A claim's text without what the store would refuse and what could trick a screen; null for what is none. */
const textOf = (claim: unknown): string | null =>
  typeof claim === "string" ? claim.trim().replace(CONTROL, "").slice(0, MOST_CLAIM_LENGTH) || null : null;
