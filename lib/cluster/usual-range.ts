// Fewer minutes than this are a start-up, not a habit: a guess to revisit.
const LEAST_VALUES = 20;

/** What is usual: the 10th and 90th percentile (nearest rank) of what is known; null with fewer than twenty values. */
export function usualRange(values: readonly (number | null)[]): { low: number; high: number } | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  if (known.length < LEAST_VALUES) return null;
  const low = known[Math.ceil(0.1 * known.length) - 1];
  const high = known[Math.ceil(0.9 * known.length) - 1];
  return low === undefined || high === undefined ? null : { low, high };
}
