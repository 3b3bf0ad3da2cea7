// Three parts of base64url, the first of which is the JSON of a header: {" is eyJ. Whatever a mail or a log put around it.
const TOKEN = /^\s*(?:bearer\s+)?["']?(eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,})["']?\s*$/i;

/** The device token that was pasted, without what stood around it; null when the text is none. */
export const tokenIn = (text: string): string | null => TOKEN.exec(text)?.[1] ?? null;

/** SHA-256 of a token in hex: all of it that ever leaves the browser. Throws where the page is not served securely. */
export async function hashToken(token: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
