import type { Sentence } from "@/lib/sentence";
import { LOCALES } from "./locales";
import { sayIn } from "./say";

/** A letter in every language, one after the other: which one its reader chose is known to their browser alone. */
export async function letterOf(letter: {
  subject: Sentence;
  /** A text stays as it is. */
  lines: readonly (Sentence | string)[];
}): Promise<{ subject: string; text: string }> {
  const says = await Promise.all(LOCALES.map(sayIn));
  return {
    subject: says.map((say) => say(letter.subject)).join(" / "),
    text: says
      .map((say) => letter.lines.map((line) => (typeof line === "string" ? line : say(line))).join("\n"))
      .join("\n\n--\n\n"),
  };
}
