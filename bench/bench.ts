/** One line of a bench: what was done, and how many times a second. */
export interface Measurement {
  name: string;
  perSecond: number;
}

/**
 * A performance claim: what `bench/<name>.bench.ts` exports as `bench`. The first measurement is what the others are
 * compared with, taken in the same run on the same machine: only ratios are claims.
 */
export interface Bench {
  /** The claim, in a sentence. */
  claim: string;
  /** For the Node that runs it, where what it measures runs with such. */
  nodeArguments?: readonly string[];
  /** `args`: what followed the bench's name, e.g. `["--clients", "100000"]`. */
  run: (args: readonly string[]) => Promise<readonly Measurement[]>;
  /** What a script reads: printed last, as one line of JSON; `value` and `ratio` are medians over the runs. */
  result?: (measurements: readonly Measurement[]) => BenchResult & Readonly<Record<string, unknown>>;
}

/** `ratio` to the baseline of the same run; `target` is for `ratio` or for `value`, as the claim says. */
export interface BenchResult {
  bench: string;
  value: number;
  unit: string;
  ratio: number | null;
  target: number;
  pass: boolean;
}

/** Does `work` over and over for at least `seconds`, after one that is not counted. */
export async function measure(name: string, work: () => Promise<unknown>, seconds = 3): Promise<Measurement> {
  await work();
  const start = performance.now();
  let times = 0;
  let elapsedMs = 0;
  while (elapsedMs < seconds * 1_000) {
    await work();
    times += 1;
    elapsedMs = performance.now() - start;
  }
  return { name, perSecond: (times * 1_000) / elapsedMs };
}
