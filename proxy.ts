import { randomBytes } from "node:crypto";
import { NextResponse, type NextRequest } from "next/server";
import { csrfTokenOf, makeCsrfCookie } from "@/lib/auth/csrf";
import { contentSecurityPolicy } from "@/lib/auth/content-security-policy";
import { cookieNames, PAGE_PATH_HEADER, SET_PASSWORD_PATH, SIGN_IN_PATH } from "@/lib/auth/session-rules";
import { consoleEnv, isHttps } from "@/lib/http/console-env";

/**
 * Stands before every page: sends a browser without a session cookie to the sign-in page, and gives each page its content
 * security policy. Whether the cookie holds is asked by the page and by every route, never here.
 */
export function proxy(request: NextRequest): NextResponse {
  const env = consoleEnv();
  const names = cookieNames(isHttps(env));
  const { pathname, search } = request.nextUrl;
  const isSignIn = pathname === SIGN_IN_PATH;
  if (!isSignIn && pathname !== SET_PASSWORD_PATH && !request.cookies.has(names.session)) {
    const url = request.nextUrl.clone();
    url.pathname = SIGN_IN_PATH;
    url.search = pathname === "/" ? "" : new URLSearchParams({ callbackUrl: pathname + search }).toString();
    return NextResponse.redirect(url);
  }

  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy({
    nonce,
    development: process.env.NODE_ENV !== "production",
    https: isHttps(env),
  });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // Next reads the nonce for its own scripts from here.
  headers.set("content-security-policy", policy);
  headers.set(PAGE_PATH_HEADER, pathname + search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  if (isHttps(env)) response.headers.set("strict-transport-security", "max-age=63072000; includeSubDomains");
  if (isSignIn && !csrfTokenOf(request.cookies.get(names.csrf)?.value, env.NEXTAUTH_SECRET))
    response.cookies.set(names.csrf, makeCsrfCookie(env.NEXTAUTH_SECRET), {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      secure: isHttps(env),
    });
  return response;
}

// Pages only: routes check for themselves, and files hold nothing of anyone.
export const config = { matcher: ["/((?!api/|_next/|icon\\.svg$|favicon\\.ico$|robots\\.txt$).*)"] };
