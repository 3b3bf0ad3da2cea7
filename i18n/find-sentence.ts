import type { Sentence } from "@/lib/sentence";

/**
 * Finds the sentence again that was kept in English, as what came of a delivery is: by the template it was made of, of several the one
 * with most words of its own. Null where none fits.
 */
export function findSentence(text: string, templates: readonly string[]): Sentence | null {
  const fitting = templates.flatMap((template): Sentence[] => {
    const values = valuesIn(text, template);
    return values === null ? [] : [{ template, values }];
  });
  return fitting.toSorted((a, b) => ownWords(b.template) - ownWords(a.template))[0] ?? null;
}

const NAME = /\{(\w+)\}/g;
const ownWords = (template: string): number => template.replaceAll(NAME, "").length;

function valuesIn(text: string, template: string): Record<string, string> | null {
  const parts = template.split(NAME);
  const pattern = parts.map((part, at) => (at % 2 === 0 ? literalOf(part) : "(.+?)")).join("");
  const found = new RegExp(`^${pattern}$`, "su").exec(text);
  const names = parts.filter((_, at) => at % 2 === 1);
  return found && Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""]));
}

const literalOf = (text: string): string => text.replaceAll(/[\\^$.*|?+()[\]{}/]/g, String.raw`\$&`);
