import { createHash } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { RECOVERY_CODES } from "./terms";

/** Codes of an authenticator app (RFC 6238: SHA-1, six digits, steps of 30 s, which is what all apps make), and those that stand in for it. */

const STEP_SECONDS = 30;
// RFC 6238, 5.2: one step for a clock that is off and for the time it takes to type.
const STEPS_AROUND = 1;
// RFC 4226, R6: 160 bits.
const SECRET_BYTES = 20;
// 80 bits, hashed with 122 random ones of the factor's id: nobody guesses one, so a slow hash would protect nothing.
const RECOVERY_BYTES = 10;
const ISSUER = "LiveConnect";

/** A new secret in base32, as apps take it. */
export const makeSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What the QR picture says: an `otpauth:` address. */
export const secretUri = ({ secret, email }: { secret: string; email: string }): string =>
  new TOTP({ issuer: ISSUER, label: email, secret }).toString();

/** The time step whose code this is, the present one or one beside it; null when it is of none of them. */
export function stepOfCode(code: string, { secret, now }: { secret: string; now: Date }): number | null {
  const off = new TOTP({ secret, period: STEP_SECONDS }).validate({
    token: code,
    timestamp: now.getTime(),
    window: STEPS_AROUND,
  });
  return off === null ? null : Math.floor(now.getTime() / (STEP_SECONDS * 1_000)) + off;
}

/** Recovery codes as they are shown, once: base32 in fours, `abcd-efgh-ijkl-mnop`. */
export const makeRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    new Secret({ size: RECOVERY_BYTES }).base32.toLowerCase().replaceAll(/.{4}(?=.)/g, "$&-"),
  );

/** How a recovery code is kept and looked up; `typed` in any case, with or without its dashes. */
export const hashRecoveryCode = (typed: string, factorId: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    createHash("sha256")
      .update(`${factorId}:${typed.replaceAll(/[\s-]/g, "").toLowerCase()}`)
      .digest(),
  );
