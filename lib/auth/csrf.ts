import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * next-auth's double-submit token: the cookie holds `token|sha256(token + secret)`, the form posts the token. Made here for the
 * sign-in page, so that its form works before, and without, any script.
 */
export function makeCsrfCookie(secret: string): string {
  const token = randomBytes(32).toString("hex");
  return `${token}|${fingerprint(token, secret)}`;
}

/** The token of a cookie that we made, else null. */
export function csrfTokenOf(cookie: string | undefined, secret: string): string | null {
  const [token = "", hash = ""] = (cookie ?? "").split("|");
  const expected = Buffer.from(fingerprint(token, secret));
  const given = Buffer.from(hash);
  return expected.length === given.length && timingSafeEqual(expected, given) ? token : null;
}

const fingerprint = (token: string, secret: string): string =>
  createHash("sha256").update(`${token}${secret}`).digest("hex");
