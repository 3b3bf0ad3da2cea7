/** Path people are sent to when they are not signed in. */
export const SIGN_IN_PATH = "/sign-in";

/** Where the link of an invitation leads; open to whoever has no session. */
export const SET_PASSWORD_PATH = "/set-password";

/** Where one sets up a second factor, which may be all that one may do. */
export const ACCOUNT_PATH = "/account";

/** Request header by which proxy.ts tells server pages their own path and query, for the way back after sign-in. */
export const PAGE_PATH_HEADER = "x-liveconnect-page";

/**
 * Names of our cookies. Over https they carry the `__Host-` prefix: Secure, this host only, whole site. The names are our own
 * because every next-auth application on localhost, whatever its port, would otherwise share them.
 */
export function cookieNames(
  https: boolean,
): Record<"session" | "csrf" | "callbackUrl" | "pkce" | "state" | "nonce", string> {
  const named = (name: string): string => `${https ? "__Host-" : ""}liveconnect.${name}`;
  return {
    session: named("session"),
    csrf: named("csrf"),
    callbackUrl: named("callback-url"),
    // Of a sign-in at the identity provider, for as long as it takes.
    pkce: named("pkce"),
    state: named("state"),
    nonce: named("nonce"),
  };
}

/** A path of ours, never another site: what follows a sign-in. Anything else becomes `/`. */
export function ownPath(candidate: string | null | undefined): string {
  if (!candidate) return "/";
  // A base nobody can own: an absolute or protocol-relative address changes the origin and is seen.
  const base = "http://own.invalid";
  const url = URL.canParse(candidate, base) ? new URL(candidate, base) : null;
  return url?.origin === base ? url.pathname + url.search : "/";
}
