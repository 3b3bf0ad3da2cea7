import { failureOfWord, type SignInFailure } from "@/lib/auth/schemas";
import { ApiError, getJson, wordlessAnswer } from "./request";

/**
 * Renews the session's idle limit. False when there is none any more; true when the console could not be asked, since that
 * says nothing of the session.
 */
export async function renewSession(): Promise<boolean> {
  try {
    const response = await fetch("/api/auth/session", { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) return true;
    const session = (await response.json()) as { user?: unknown };
    return session.user !== undefined;
  } catch {
    return true;
  }
}

/** Signs this browser in. Where to go next, or why not; throws when no such answer came (`isUnreachable` tells why). */
export async function signIn(given: {
  email: string;
  password: string;
  /** Empty before it was asked for. */
  code: string;
  callbackUrl: string;
}): Promise<{ path: string } | { failure: SignInFailure }> {
  const url = await postForm("/api/auth/callback/credentials", given);
  const word = url.searchParams.has("csrf") ? "expired" : url.searchParams.get("error");
  const failure = failureOfWord(word);
  return failure ? { failure } : { path: url.pathname + url.search };
}

/**
 * Leaves for the identity provider, to come back by itself. Why not, when it cannot be reached; throws when the console cannot be.
 */
export async function signInByProvider(callbackUrl: string): Promise<SignInFailure | null> {
  const url = await postForm("/api/auth/signin/oidc", { callbackUrl });
  const failure = url.origin === window.location.origin ? failureOfWord(url.searchParams.get("error")) : null;
  if (!failure) window.location.assign(url);
  return failure;
}

/** Ends the session of this browser and leaves for the sign-in page. */
export async function signOut(): Promise<void> {
  await postForm("/api/auth/signout", { callbackUrl: "/sign-in" });
  // A whole page load, so that nothing of the last person stays in memory.
  window.location.assign("/sign-in");
}

/** True when no answer came for want of a way there; false when the console took the request and could not answer it, or not in time. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof ApiError ? error.code === "NETWORK" : error instanceof TypeError;

/** Posts a form to next-auth with its anti-forgery token; where it would send the browser. */
async function postForm(path: string, fields: Record<string, string>): Promise<URL> {
  const { csrfToken } = await getJson<{ csrfToken: string }>("/api/auth/csrf");
  const body = new URLSearchParams({ ...fields, csrfToken, json: "true" });
  const response = await fetch(path, { method: "POST", body, signal: AbortSignal.timeout(15_000) });
  // A refused sign-in is a 401 that says where to go, as an accepted one does.
  const answer = (await response.json()) as { url?: string };
  if (!answer.url) throw new ApiError({ code: "INTERNAL", detail: wordlessAnswer(response.status) });
  return new URL(answer.url, window.location.origin);
}
