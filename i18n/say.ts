import type { AbstractIntlMessages } from "next-intl";
import { locales } from "zod";
import { fill, inEnglish, type Say, type SentenceValue } from "@/lib/sentence";
import { findSentence } from "./find-sentence";
import { WRITTEN_IN, type Locale } from "./locales";
import { messagesOf } from "./messages";

/**
 * How sentences of the server are said in a language: in English as they are written, else by the language's `server.json`; what zod
 * wrote itself, by zod's own words. What a language lacks is said in English (test/server-words.test.ts finds it before).
 */
export async function sayIn(locale: Locale): Promise<Say> {
  if (locale === WRITTEN_IN) return inEnglish;
  const { server = {}, ...pages } = await messagesOf(locale);
  const { localeError } = locales[locale]();

  const wordOf = (text: string): string => wordAt(server, [text]) ?? text;

  const say: Say = ({ template, values, byZod }) => {
    const known = wordAt(server, [template]) ?? byZod?.(localeError);
    if (known != null) return fill(known, values, write);
    const kept = findSentence(template, Object.keys(server));
    return kept
      ? fill(wordOf(kept.template), kept.values, (value) => wordOf(String(value)))
      : fill(template, values, write);
  };
  const write = (value: SentenceValue): string => {
    if (typeof value !== "object") return typeof value === "number" ? value.toLocaleString(locale) : value;
    return "template" in value ? say(value) : (wordAt(pages, value.word.split(".")) ?? value.text);
  };
  return say;
}

function wordAt(words: AbstractIntlMessages | string | undefined, keys: readonly string[]): string | null {
  const [key, ...rest] = keys;
  if (key === undefined) return typeof words === "string" ? words : null;
  return typeof words === "object" && Object.hasOwn(words, key) ? wordAt(words[key], rest) : null;
}
