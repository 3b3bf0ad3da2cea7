import { written } from "@/lib/sentence";
/** One line of text that the database can keep: no control characters (a null, a line break), no half of a surrogate pair. */
export const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u;
export const NOT_ONE_LINE = written("holds a control character, or half a character");

/** Whether the database can keep a text, whatever its lines: no null character, no half of a surrogate pair. */
export const canBeKept = (text: string): boolean => !text.includes("\u0000") && !/\p{Cs}/u.test(text);

// C0 and C1 controls but tab and line feed (a terminal obeys them), and what turns the direction of text [Unicode UAX 9: embeddings,
// overrides, isolates].
const OBEYED = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text that somebody typed or pasted, without the characters that a screen or a terminal would obey instead of show. */
export const legible = (text: string): string => text.replace(OBEYED, "");
