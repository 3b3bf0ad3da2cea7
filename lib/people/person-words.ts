// Longer names are cut: a word past these adds nothing to a search, and every pair of words is a row.
const MOST_WORDS = 6;
const MOST_LETTERS = 32;

/**
 * The words a name is found by: lower case, without diacritics, letters and digits only, each once, in the order of the
 * name; at most 6 words of 32 characters. The same folding shapes what an operator types.
 */
export function foldName(name: string): string[] {
  const words = splitName(name)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, MOST_LETTERS));
  return [...new Set(words)].slice(0, MOST_WORDS);
}

const ASCII = /^[\x20-\x7e]*$/;

// Nearly all names are ASCII, for which the shorter way gives the same in a third of the time (imports fold millions).
const splitName = (name: string): string[] =>
  ASCII.test(name)
    ? name.toLowerCase().split(/[^a-z0-9]+/)
    : name
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u);

/** Before rows of person_words that only serve two words: a search for one word meets each person once. */
export const PAIR_ONLY = "=";

/**
 * The rows of person_words of one person, from `foldName`: one for every ordered pair of words, the pair first, the other
 * words after it. So the range of "rahma" finds everyone with a word beginning so, and that of "rahma si" everyone who has
 * "rahma" and a word beginning with "si", wherever they stand in the name. n words give n(n-1) rows; one word gives one.
 */
export function personWordRows(words: readonly string[]): string[] {
  const count = words.length;
  if (count < 2) return [...words];
  return words.flatMap((_, first) =>
    Array.from({ length: count - 1 }, (_unused, skipped) => {
      const turned = [...words.slice(first), ...words.slice(0, first)];
      const [second = ""] = turned.splice(skipped + 1, 1);
      turned.splice(1, 0, second);
      return `${skipped === 0 ? "" : PAIR_ONLY}${turned.join(" ")}`;
    }),
  );
}
