/** Why a sign-in did not happen, as the sign-in page can tell it. */
export type SignInFailure =
  | { kind: "refused" }
  | { kind: "wait"; seconds: number }
  /** The page's form was older than its cookie. */
  | { kind: "expired" }
  | { kind: "unavailable" };

/** The one word a failure travels as in the sign-in page's address. */
export const wordOfWait = (seconds: number): string => `wait-${seconds}`;

/** Reads that word back; anything unknown counts as unavailable, null as no failure. */
export function failureOfWord(word: string | null | undefined): SignInFailure | null {
  if (!word) return null;
  const wait = /^wait-(\d{1,4})$/.exec(word);
  if (wait) return { kind: "wait", seconds: Number(wait[1]) };
  // next-auth's own word for an `authorize` that answered null.
  if (word === "CredentialsSignin") return { kind: "refused" };
  return word === "expired" ? { kind: "expired" } : { kind: "unavailable" };
}
