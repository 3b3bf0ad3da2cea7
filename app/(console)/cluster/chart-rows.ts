import type { ChartRow } from "@/components/charts/lines";
import type { Series, SeriesGap, SeriesMetric } from "@/lib/cluster/schemas";

/** A metric of some nodes as rows of a chart, one key a node. */
export function rowsPerNode(series: Series, metric: SeriesMetric, nodes: readonly string[]): ChartRow[] {
  const lines = series.lines.filter((line) => line.metric === metric && nodes.includes(line.node));
  return series.at.map((at, index) => ({
    at,
    values: Object.fromEntries(lines.map((line) => [line.node, line.values[index] ?? null])),
  }));
}

/** What a summed line adds up, per bin: metrics of one sample of one node, null when the line says nothing of it. */
interface SummedLine {
  key: string;
  of: (value: (metric: SeriesMetric) => number | null) => number | null;
}

/**
 * Sums over nodes as rows of a chart, one key a line; a bin nobody spoke in is null. A node counts for the part of a bin it
 * was there for, so that what moved to another node within it is not counted twice; its gap is drawn over the rest.
 */
export function rowsSummed(series: Series, lines: readonly SummedLine[], nodes: readonly string[]): ChartRow[] {
  const byName = new Map(series.lines.map((line) => [`${line.metric} ${line.node}`, line.values]));
  const sumAt = (line: SummedLine, index: number): number | null => {
    const most = Math.max(...series.nodes.map((node) => node.samples[index] ?? 0));
    const known = series.nodes
      .filter((node) => nodes.includes(node.name))
      .map((node) => {
        const value = line.of((metric) => byName.get(`${metric} ${node.name}`)?.[index] ?? null);
        return value === null ? null : (value * (node.samples[index] ?? 0)) / most;
      })
      .filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  };
  return series.at.map((at, index) => ({
    at,
    values: Object.fromEntries(lines.map((line) => [line.key, sumAt(line, index)])),
  }));
}

/** The gaps that concern some nodes, up to the last point: of nodes joined, of times when nothing was watched apart. */
export function gapsOf(
  { at, gaps }: { at: readonly number[]; gaps: readonly SeriesGap[] },
  nodes: readonly string[],
): { from: number; to: number; kind: "unknown" | "unwatched" }[] {
  const until = at.at(-1) ?? 0;
  const drawn = gaps.map((gap) => ({ ...gap, to: Math.min(gap.to, until) }));
  const unwatched = drawn.filter((gap) => gap.node === null);
  const own = drawn.filter((gap) => gap.node !== null && nodes.includes(gap.node));
  return [
    ...unwatched.map(({ from, to }) => ({ from, to, kind: "unwatched" as const })),
    ...joined(own).map((gap) => ({ ...gap, kind: "unknown" as const })),
  ];
}

function joined(gaps: readonly { from: number; to: number }[]): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of gaps.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
