/** Why a sign-in at the identity provider did not lead in. The first six are ours to say, of the rest next-auth tells. */
export const PROVIDER_FAILURES = [
  "noRole",
  "unverified",
  "weakSignIn",
  "disabled",
  "otherSubject",
  "practice",
  /** Its answer could not be trusted: state, nonce, signature, issuer, audience or time. */
  "untrusted",
  /** It said no, or the person did. */
  "declined",
  /** It does not answer. */
  "away",
] as const;
export type ProviderFailure = (typeof PROVIDER_FAILURES)[number];

/** Why a sign-in did not happen, as the sign-in page can tell it. */
export type SignInFailure =
  | { kind: "refused" }
  /** Not yet: the account has a second factor. */
  | { kind: "code" }
  | { kind: "wait"; seconds: number }
  /** The page's form was older than its cookie. */
  | { kind: "expired" }
  | { kind: "unavailable" }
  | { kind: "provider"; cause: ProviderFailure };

/** The one word a failure travels as in the sign-in page's address. */
export const wordOfWait = (seconds: number): string => `wait-${seconds}`;
export const WORD_OF_CODE = "code";
export const wordOfProvider = (cause: string): string => `provider-${cause}`;

// next-auth's own words for what went wrong around a provider.
const NEXT_AUTH: Record<string, ProviderFailure> = {
  OAuthCallback: "untrusted",
  Callback: "declined",
  OAuthSignin: "away",
};

/** Reads that word back; anything unknown counts as unavailable, null as no failure. */
export function failureOfWord(word: string | null | undefined): SignInFailure | null {
  if (!word) return null;
  const wait = /^wait-(\d{1,4})$/.exec(word);
  if (wait) return { kind: "wait", seconds: Number(wait[1]) };
  // next-auth's own word for an `authorize` that answered null.
  if (word === "CredentialsSignin") return { kind: "refused" };
  if (word === WORD_OF_CODE) return { kind: "code" };
  const cause = NEXT_AUTH[word] ?? PROVIDER_FAILURES.find((one) => word === wordOfProvider(one));
  if (cause) return { kind: "provider", cause };
  return word === "expired" ? { kind: "expired" } : { kind: "unavailable" };
}
