/** The value below which `part` of the numbers lie; NaN of none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** The middle one; NaN of none. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);
