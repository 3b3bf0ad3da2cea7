// Shorter words and parts of words are in every second name.
const FEWEST_LETTERS = 4;

const ENDING = "%";
const LEFT_OUT = "-";

/**
 * The forms under which name_words holds a word: itself, its endings of four letters or more (so that any part of it is
 * the beginning of one), and itself with each one letter left out (so that a word typed with one slip meets it).
 */
export function wordForms(word: string): string[] {
  const letters = [...word];
  const endings = Array.from(
    { length: Math.max(0, letters.length - FEWEST_LETTERS) },
    (_, n) => ENDING + letters.slice(n + 1).join(""),
  );
  const shortened = letters.length < FEWEST_LETTERS ? [] : leftOut(word).map((form) => LEFT_OUT + form);
  return [...new Set([word, ...endings, ...shortened])];
}

/** Where forms begin that hold `part`, four letters or more, inside a word; null when it is too short to look for. */
export const endingForm = (part: string): string | null => ([...part].length < FEWEST_LETTERS ? null : ENDING + part);

/**
 * Forms that words within one slip of `typed` share with it: a letter too many, too few, another one, or two swapped. Some
 * words that share one are two slips away: `isOneSlip` tells. Empty for words too short.
 */
export function slipForms(typed: string): string[] {
  if ([...typed].length < FEWEST_LETTERS) return [];
  const shorter = leftOut(typed);
  return [...new Set([LEFT_OUT + typed, ...shorter, ...shorter.map((form) => LEFT_OUT + form)])];
}

/** True when one letter was added, left out, replaced, or swapped with its neighbour. */
export function isOneSlip(typed: string, word: string): boolean {
  const a = [...typed];
  const b = [...word];
  if (Math.abs(a.length - b.length) > 1 || typed === word) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

const leftOut = (word: string): string[] => {
  const letters = [...word];
  return letters.map((_, n) => letters.toSpliced(n, 1).join(""));
};
