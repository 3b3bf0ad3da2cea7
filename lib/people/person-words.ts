// Longer names are cut: a word past these adds nothing to a search, and every word is a row.
const MOST_WORDS = 8;
const MOST_LETTERS = 32;

/**
 * The words a name is found by: lower case, without diacritics, letters and digits only, each once, in the order of the
 * name; at most 8 words of 32 characters. The same folding shapes what an operator types.
 */
export function foldName(name: string): string[] {
  const words = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, MOST_LETTERS));
  return [...new Set(words)].slice(0, MOST_WORDS);
}
