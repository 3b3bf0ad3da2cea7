import { formatDuration } from "./duration";
import { formatWords } from "./words";

/** How long ago something was: "4 s ago", "6 h 12 min ago"; "now" under a second, and for an instant a little ahead of us. */
export function formatAge(ms: number, locale: string): string {
  const words = formatWords(locale);
  if (ms < 1_000) return words.now;
  return words.ago.replace("{duration}", formatDuration(ms, locale));
}

/** How far ahead something is: "in 6 d 23 h"; "now" once it is due. */
export function formatUntil(ms: number, locale: string): string {
  const words = formatWords(locale);
  if (ms < 1_000) return words.now;
  return words.in.replace("{duration}", formatDuration(ms, locale));
}
