import { randomUUID } from "node:crypto";

type ReadHeaders = Pick<Headers, "get">;

// Long enough for a UUID or a trace id, and nothing that could forge a log line or a header.
const SANE_REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's x-request-id where it looks sane, else a new one. */
export function requestIdOf(headers: ReadHeaders): string {
  const given = headers.get("x-request-id");
  return given && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}

/**
 * Address the request came from. Each trusted proxy appends the address it saw, so the n-th from the right is the first one
 * not under the caller's hand. With none trusted it is what Next saw, or what a caller who sent the header claims: good for
 * a record, not for a decision.
 */
export function addressOf(headers: ReadHeaders, trustedProxies: number): string | null {
  const seen = (headers.get("x-forwarded-for") ?? "").split(",").map((address) => address.trim());
  const address = seen.at(-Math.max(trustedProxies, 1));
  return address && address.length <= 64 ? address : null;
}

/** A cookie as it was sent. */
export function cookieOf(headers: ReadHeaders, name: string): string | undefined {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [key, ...rest] = pair.trim().split("=");
    if (key === name) return rest.join("=");
  }
  return undefined;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** True when the request changes nothing. */
export const isSafeMethod = (method: string): boolean => SAFE_METHODS.has(method);

/**
 * True when a browser says the request was made by a page of ours. Browsers cannot be made to lie in Sec-Fetch-Site nor
 * Origin; a caller that sends neither is not a browser on a page of someone else's, but gets nothing: cookies are for browsers.
 */
export function isOwnOrigin(headers: ReadHeaders, consoleUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (!origin || !URL.canParse(origin)) return false;
  return origin === new URL(consoleUrl).origin || new URL(origin).host === headers.get("host");
}
