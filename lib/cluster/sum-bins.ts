import type { Line, NodeBins } from "./query-bins";

/**
 * Sum of a value over the nodes in each bin of `at`, null where no node said anything. Each node counts for the part of the bin it was
 * there for: clients that moved when their node died half a minute ago are not counted on both for that minute.
 */
export const sumValues = (at: readonly number[], nodes: readonly NodeBins[], place: number): Line =>
  at.map((_, bin) => {
    const most = Math.max(...nodes.map((node) => node.samples[bin] ?? 0));
    return sumKnown(nodes.map((node) => weighted(node.values[place]?.[bin] ?? null, (node.samples[bin] ?? 0) / most)));
  });

/** Sum of a counter's rises; these are counts, so a node that was there for half a minute rose by all it says. */
export const sumRises = (at: readonly number[], nodes: readonly NodeBins[], place: number): Line =>
  at.map((_, bin) => sumKnown(nodes.map((node) => node.increases[place]?.[bin] ?? null)));

/** Sum of what is known; null when nothing is. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

const weighted = (value: number | null, weight: number): number | null => (value === null ? null : value * weight);
