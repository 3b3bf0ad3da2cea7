import en from "@/messages/en/format.json";
import id from "@/messages/id/format.json";

/** Words and signs that durations, ages and counts are written with, in one language. */
export type FormatWords = typeof en;

const WORDS: Readonly<Record<string, FormatWords>> = { en, id };

/** Words of a locale; English for one that has none. */
export const formatWords = (locale: string): FormatWords => WORDS[locale] ?? en;
