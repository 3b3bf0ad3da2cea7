import type { WaveFactor, WaveGroup } from "./schemas";

/** How many clients have a value of a dimension. */
export interface ValueCount {
  value: string | null;
  clients: number;
}

// Guesses to revisit: below these a difference is what chance, or a cluster's ordinary unevenness, makes too.
const LEAST_CLIENTS = 5;
const LEAST_EXCESS = 0.2;
const LEAST_LIFT = 1.5;

/**
 * What most of a wave has in common and the others have not: the value whose share in the wave exceeds its share in those it could
 * have hit by the most. That everybody has it explains nothing, and neither does what few of the wave have. Null when nothing
 * stands out.
 */
export function largestFactor(groups: readonly WaveGroup[], clients: number): WaveFactor | null {
  if (clients < LEAST_CLIENTS) return null;
  const candidates = groups.flatMap(({ dimension, values }) =>
    values.flatMap((each) => {
      if (each.value === null || each.value === "not_told" || each.clients < LEAST_CLIENTS) return [];
      const usual = each.populationShare ?? 0;
      const excess = each.share - usual;
      const isMore = usual === 0 || each.share / usual >= LEAST_LIFT;
      return excess >= LEAST_EXCESS && isMore ? [{ ...each, dimension, value: each.value, excess }] : [];
    }),
  );
  const [best] = candidates.toSorted((a, b) => b.excess - a.excess || b.share - a.share);
  if (!best) return null;
  const { dimension, value, share, populationShare, lift } = best;
  return { dimension, value, share, populationShare, lift };
}
