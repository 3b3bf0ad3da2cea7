import type { SeriesGap } from "./schemas";

/**
 * The stretches without samples. Where nobody spoke nothing was watched (node null); where only some were silent, those have
 * a gap. `at` rises by `stepMs`; `spoke[i]` says whether the node has a sample in the bin that begins at `at[i]`.
 */
export function findGaps(
  at: readonly number[],
  stepMs: number,
  nodes: readonly { node: string; spoke: readonly boolean[] }[],
): SeriesGap[] {
  const anySpoke = at.map((_, index) => nodes.some((node) => node.spoke[index]));
  const all = runsOf(at, stepMs, (index) => !anySpoke[index]).map((run) => ({ node: null, ...run }));
  const own = nodes.flatMap(({ node, spoke }) =>
    runsOf(at, stepMs, (index) => anySpoke[index] === true && !spoke[index]).map((run) => ({ node, ...run })),
  );
  return [...all, ...own].toSorted((a, b) => a.from - b.from);
}

function runsOf(
  at: readonly number[],
  stepMs: number,
  isIn: (index: number) => boolean,
): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const [index, time] of at.entries()) {
    if (!isIn(index)) continue;
    const last = runs.at(-1);
    if (last?.to === time) last.to = time + stepMs;
    else runs.push({ from: time, to: time + stepMs });
  }
  return runs;
}
