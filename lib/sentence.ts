import type { core } from "zod";

/** What stands at a {name}; in what is refused or logged never a person's name, number or token. */
export type SentenceValue = string | number | Term | Sentence;

/** A word of ours that the pages say, too: `text` in English, in other languages what the message files have at `word`. */
export interface Term {
  readonly word: string;
  readonly text: string;
}

/** The term of one word of a list, e.g. "waiting" of "presence.timeline.logState". What is on no list is shown as it is. */
export const term = (list: string, text: string): Term => ({ word: `${list}.${text}`, text });

/** A sentence for a person whose language is not known where it is written: in English, with {names} for its values. */
export interface Sentence {
  readonly template: string;
  readonly values: Readonly<Record<string, SentenceValue>>;
  /** Of one that zod wrote: as its words for another language have it. A function, as no log and no answer shows what it knows. */
  readonly byZod?: (words: core.$ZodErrorMap) => string | null | undefined;
}

type NamesIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** A text written where it is used, not put together: what is put together at run time cannot be translated. */
export type Written<T extends string> = string extends T ? never : T;

/**
 * The sentence of an English template, which `messages/<language>/server.json` has in other languages; test/server-words.test.ts finds
 * each. The values are exactly those that the template names.
 */
export function sentence<const T extends string>(
  template: Written<T>,
  ...[values]: [NamesIn<T>] extends [never] ? [] : [Readonly<Record<NamesIn<T>, SentenceValue>>]
): Sentence {
  return { template, values: values ?? {} };
}

/** A sentence that was kept in English, to be said again. */
export const keptSentence = (text: string): Sentence => ({ template: text, values: {} });

/** A text for the catalogue where the text itself is passed on, as to zod. */
export const written = <const T extends string>(text: Written<T>): T => text;

/** A template with each {name} replaced; a name without a value stays as it is, as braces in a regular expression do. */
export const fill = (template: string, values: Sentence["values"], write: (value: SentenceValue) => string): string =>
  template.replaceAll(/\{(\w+)\}/g, (asItIs, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? asItIs : write(value);
  });

/** How a sentence is said: in English for logs, the audit and the APIs of services; in their own language for operators. */
export type Say = (sentence: Sentence) => string;

export const inEnglish: Say = ({ template, values }) =>
  fill(template, values, (value) => {
    if (typeof value !== "object") return String(value);
    return "template" in value ? inEnglish(value) : value.text;
  });
