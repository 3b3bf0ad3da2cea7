import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LOCALES, WRITTEN_IN } from "@/i18n/locales";
import { collectServerWords } from "./server-words";

const { templates, lists, untranslatable } = collectServerWords();
const languages = readdirSync("messages");
const others = languages.filter((language) => language !== WRITTEN_IN);

const read = (language: string, file: string): unknown =>
  JSON.parse(readFileSync(`messages/${language}/${file}.json`, "utf8"));
const namesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").toSorted();

it("a language is a folder of messages and its word in LOCALES", () =>
  expect(languages.toSorted()).toEqual([...LOCALES].toSorted()));

it("no sentence is put together at run time, as such a one cannot be translated", () =>
  expect(untranslatable).toEqual([]));

describe.each(others)("what the server says, in %s", (language) => {
  const catalogue = read(language, "server") as Record<string, string>;

  it("is there for every sentence of the code", () =>
    expect([...templates].filter((template) => !catalogue[template])).toEqual([]));

  it("is no sentence that the code has no more", () =>
    expect(Object.keys(catalogue).filter((template) => !templates.has(template))).toEqual([]));

  it("names the same values", () =>
    expect(Object.entries(catalogue).filter(([a, b]) => namesIn(a).join() !== namesIn(b).join())).toEqual([]));
});

it.each(languages)("every list that a sentence takes a word from is in the messages of %s", (language) => {
  const missing = [...lists].filter((list) => {
    const [file = "", ...keys] = list.split(".");
    if (!existsSync(`messages/${language}/${file}.json`)) return true;
    const words = keys.reduce<unknown>(
      (at, key) => (typeof at === "object" && at !== null ? new Map(Object.entries(at)).get(key) : null),
      read(language, file),
    );
    return typeof words !== "object" || words === null;
  });
  expect(missing).toEqual([]);
});
