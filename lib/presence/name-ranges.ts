import { PAIR_ONLY } from "@/lib/people/person-words";

/** A stretch of person_words.word, its low end included. */
export interface WordRange {
  low: string;
  high: string;
}

/** What the dictionary has for one typed word. `whole`: what was typed is a beginning, so the words need not be listed. */
export interface TypedWord {
  typed: string;
  words: readonly string[];
  /** There are more words than were listed. */
  more: boolean;
  /** Every listed word begins with what was typed. */
  isBeginning: boolean;
}

export interface NameRanges {
  ranges: readonly WordRange[];
  /** Beginnings that each further word of the row must hold. */
  also: readonly string[];
  /** The ranges hold more rows than match: `also` decides, so looking must be bounded. */
  isBroad: boolean;
  /** More words fit than are listed: somebody may be left out. */
  isPartial: boolean;
}

/** Words listed at most for one typed word: each is one descent of the tree, about 10 µs. */
export const MOST_LISTED = 64;
// Of two listed words every pair is a range.
const MOST_PAIRED = 16;

// The last code point: above every character a word can go on with. "!" is the first after the space that ends a word.
const LAST = "\u{10FFFF}";
const AFTER_WORD = "!";

/** The beginning `prefix`, whatever comes after it. */
export const beginning = (prefix: string): WordRange => ({ low: prefix, high: prefix + LAST });
/** Rows that begin with exactly this word or these words. */
const exactly = (words: string): WordRange => ({ low: words, high: words + AFTER_WORD });

/**
 * The ranges of person_words that hold everyone whose name has all typed words, in any order; null when a typed word is not in
 * the dictionary at all. The word with the fewest listed words leads; the next one follows it in the row.
 */
export function nameRanges(typed: readonly TypedWord[]): NameRanges | null {
  const [only] = typed;
  if (!only || typed.some((word) => word.words.length === 0)) return null;
  const isPartial = typed.some((word) => word.more && !word.isBeginning);
  if (typed.length === 1)
    return {
      ranges: only.isBeginning ? [beginning(only.typed)] : only.words.map(exactly),
      also: [],
      isBroad: false,
      isPartial,
    };
  const [lead, next, ...rest] = typed.toSorted((a, b) => breadth(a) - breadth(b));
  if (!lead || !next) return null;
  const also = rest.map((word) => (word.isBeginning ? word.typed : (word.words[0] ?? "")));
  if (lead.more && lead.isBeginning)
    return { ranges: [beginning(lead.typed)], also: [next.typed, ...also], isBroad: true, isPartial };
  const pairs = next.isBeginning
    ? lead.words.map((word) => beginning(`${word} ${next.typed}`))
    : lead.words
        .slice(0, MOST_PAIRED)
        .flatMap((word) => next.words.slice(0, MOST_PAIRED).map((other) => exactly(`${word} ${other}`)));
  const marked = pairs.map(({ low, high }) => ({ low: PAIR_ONLY + low, high: PAIR_ONLY + high }));
  return { ranges: [...marked, ...pairs], also, isBroad: false, isPartial };
}

// A word of which only a beginning was typed may be many; one that had to be looked for goes by its listed words.
const breadth = (word: TypedWord): number => (word.more ? MOST_LISTED + 1 : word.words.length);
