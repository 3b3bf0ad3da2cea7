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

/** Ends the session of this browser and leaves for the sign-in page. */
export async function signOut(): Promise<void> {
  const answer = await fetch("/api/auth/csrf", { signal: AbortSignal.timeout(10_000) });
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  await fetch("/api/auth/signout", {
    method: "POST",
    body: new URLSearchParams({ csrfToken, callbackUrl: "/sign-in", json: "true" }),
    signal: AbortSignal.timeout(10_000),
  });
  // A whole page load, so that nothing of the last person stays in memory.
  window.location.assign("/sign-in");
}
