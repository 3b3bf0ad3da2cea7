import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PERMISSIONS } from "@/lib/rbac/permissions";

type Words = { [key: string]: string | Words };

const read = (locale: string, file: string): Words =>
  JSON.parse(readFileSync(`messages/${locale}/${file}`, "utf8")) as Words;

/** Every message by its dotted key. */
const flat = (words: Words, prefix = ""): [string, string][] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${prefix}${key}`, value]] : flat(value, `${prefix}${key}.`),
  );

const namesIn = (message: string, pattern: RegExp): Set<string> =>
  new Set([...message.matchAll(pattern)].map((match) => match[1] ?? ""));
// Not the words of a plural's branch, as in `other {do}`.
const taken = (message: string) => namesIn(message, /(?<!(?:=\d+|one|other) )[{<](\w+)[,}>]/g);
/** Shown as they are; a number that only chooses a plural may be left out where the language has none. */
const shown = (message: string) => namesIn(message, /(?<!(?:=\d+|one|other) )[{<](\w+)[}>]/g);

const agree = (english: string, translated: string): boolean =>
  [...shown(english)].every((name) => taken(translated).has(name)) &&
  [...taken(translated)].every((name) => taken(english).has(name));

describe.each(readdirSync("messages").filter((language) => language !== "en"))("the words of %s", (language) => {
  const files = readdirSync("messages/en");
  // What the server says stands in the code in English (server-words.test.ts).
  it("stand in the same files", () =>
    expect(readdirSync(`messages/${language}`).filter((file) => file !== "server.json")).toEqual(files));

  it.each(files)("%s has every word, with the same arguments", (file) => {
    const [english, translated] = [flat(read("en", file)), flat(read(language, file))];
    expect(translated.map(([key]) => key).toSorted()).toEqual(english.map(([key]) => key).toSorted());
    const other = new Map(translated);
    const differing = english.filter(([key, text]) => !agree(text, other.get(key) ?? ""));
    expect(differing.map(([key, text]) => [key, text, other.get(key)])).toEqual([]);
  });
});

it("the words tell of every permission", () => {
  const words = new Map(flat(read("en", "operators.json")));
  expect(PERMISSIONS.filter((permission) => !words.has(`permissions.${permission}`))).toEqual([]);
});
