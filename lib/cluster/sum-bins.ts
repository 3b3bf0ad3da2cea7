import type { Bin } from "./query-bins";

/**
 * Sum of a value over the nodes at each time of `at`, null where no node said anything. Each node counts for the part of the
 * bin it was there for: clients that moved when their node died half a minute ago are not counted on both for that minute.
 */
export function sumValues(at: readonly number[], bins: readonly Bin[], place: number): (number | null)[] {
  return perTime(at, bins).map((own) => {
    const most = Math.max(...own.map((bin) => bin.samples));
    return sumKnown(own.map((bin) => weighted(bin.values[place] ?? null, bin.samples / most)));
  });
}

/** Sum of a counter's rises; these are counts, so a node that was there for half a minute rose by all it says. */
export const sumRises = (at: readonly number[], bins: readonly Bin[], place: number): (number | null)[] =>
  perTime(at, bins).map((own) => sumKnown(own.map((bin) => bin.increases[place] ?? null)));

/** Sum of what is known; null when nothing is. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function perTime(at: readonly number[], bins: readonly Bin[]): Bin[][] {
  const byTime = new Map(at.map((time): [number, Bin[]] => [time, []]));
  for (const bin of bins) byTime.get(bin.at.getTime())?.push(bin);
  return [...byTime.values()];
}

const weighted = (value: number | null, weight: number): number | null => (value === null ? null : value * weight);
