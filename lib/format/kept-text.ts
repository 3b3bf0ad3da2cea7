/** One line of text that the database can keep: no control characters (a null, a line break), no half of a surrogate pair. */
export const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u;
export const NOT_ONE_LINE = "holds a control character, or half a character";

/** Whether the database can keep a text, whatever its lines: no null character, no half of a surrogate pair. */
export const canBeKept = (text: string): boolean => !text.includes("\u0000") && !/\p{Cs}/u.test(text);
