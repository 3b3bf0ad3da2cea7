/** Gives numbers in [0, 1), like Math.random. */
export type Random = () => number;

/** Mulberry32 over a 32-bit FNV-1a hash of the parts: the same parts give the same numbers, on every machine. Not for secrets. */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  let state = fnv1a(parts.join("\u0000"));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number from `low` (inclusive) to `high` (exclusive). */
export const between = (random: Random, low: number, high: number): number => low + random() * (high - low);

/** A whole number from `low` to `high`, both inclusive. */
export const wholeBetween = (random: Random, low: number, high: number): number =>
  Math.floor(between(random, low, high + 1));

/** Waiting time until the next of events that come independently, `mean` apart on average. */
export const exponential = (random: Random, mean: number): number => -Math.log(1 - random()) * mean;

/** One of the list, each as likely. Throws when the list is empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new RangeError("Nothing to pick from: the list is empty");
  return chosen;
}

/** One of the list by its share; shares need not sum to 1. Throws when the list is empty. */
export function pickByShare<T>(random: Random, list: readonly (readonly [value: T, share: number])[]): T {
  let left = random() * list.reduce((sum, [, share]) => sum + share, 0);
  for (const [value, share] of list) {
    left -= share;
    if (left < 0) return value;
  }
  return pick(
    random,
    list.map(([value]) => value),
  );
}

/** `length` characters of 0–9 a–z. */
export const letters = (random: Random, length: number): string =>
  Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join("");

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
