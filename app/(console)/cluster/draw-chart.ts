import type { ChartRow, Series as ChartSeries } from "@/components/charts/lines";
import { INK, nodeTone, SECOND_INK } from "@/components/charts/tones";
import type { Series, SeriesLine, SeriesMetric } from "@/lib/cluster/schemas";
import type { ChartPlan } from "./chart-plans";
import { gapsOf, rowsPerNode, rowsSummed } from "./chart-rows";

/** More nodes than these are not told apart by hue: those furthest from their peers are drawn in it, the rest grey. */
const MOST_IN_HUE = 3;
const QUIET = { color: "var(--s-quiet)" };
const BEFORE = "before ";

interface Drawn {
  rows: ChartRow[];
  lines: Omit<ChartSeries, "name">[];
  gaps: ReturnType<typeof gapsOf>;
}

/** The lines of a chart: per node or summed, of all nodes it is about or of the one that is looked at. */
export function drawChart(plan: ChartPlan, series: Series, view: { by: "node" | "sum"; only: string | null }): Drawn {
  const nodes = series.nodes
    .filter((node) => plan.nodes === "all" || node.role === "subscriber")
    .map((node) => node.name)
    .filter((node) => view.only === null || node === view.only);
  const earlier = earlierOf(series);
  const drawn = typeof plan.draws === "string" ? drawMetric(plan.draws, series, { nodes, by: view.by, earlier }) : null;
  const { draws } = plan;
  const result: Pick<Drawn, "rows" | "lines"> =
    drawn ??
    (typeof draws === "string"
      ? { rows: [], lines: [] }
      : {
          rows: besides(rowsSummed(series, draws, nodes), earlier && rowsSummed(earlier, draws, nodes)),
          lines: draws.map(({ key }, index) => ({ key, tone: index === 0 ? INK : SECOND_INK })),
        });
  const lines = earlier
    ? result.lines.map((line) => (line.quiet ? line : { ...line, before: BEFORE + line.key }))
    : result.lines;
  return { rows: result.rows, lines, gaps: gapsOf(series, nodes) };
}

function drawMetric(
  metric: SeriesMetric,
  series: Series,
  { nodes, by, earlier }: { nodes: readonly string[]; by: "node" | "sum"; earlier: Series | null },
): Pick<Drawn, "rows" | "lines"> {
  if (by === "sum" && nodes.length > 1) {
    const key = metric === "scheduler_utilization" ? "mean" : "sum";
    const rowsOf = (of: Series) => {
      const rows = rowsSummed(of, [{ key, of: (read) => read(metric) }], nodes);
      return key === "sum" ? rows : rowsMean(of, metric, nodes);
    };
    return { rows: besides(rowsOf(series), earlier && rowsOf(earlier)), lines: [{ key, tone: INK }] };
  }
  const isMany = nodes.length > MOST_IN_HUE;
  const apart = isMany ? furthestApart(series, metric, nodes) : [];
  const place = (node: string) => series.nodes.findIndex(({ name }) => name === node);
  const lines = nodes.map((node) => {
    if (!isMany) return { key: node, tone: nodeTone(place(node) % MOST_IN_HUE) };
    const rank = apart.indexOf(node);
    return rank < 0 ? { key: node, tone: QUIET, quiet: true } : { key: node, tone: nodeTone(rank) };
  });
  return {
    rows: besides(rowsPerNode(series, metric, nodes), earlier && rowsPerNode(earlier, metric, nodes)),
    lines,
  };
}

function rowsMean(series: Series, metric: SeriesMetric, nodes: readonly string[]): ChartRow[] {
  return rowsPerNode(series, metric, nodes).map(({ at, values }) => {
    const known = Object.values(values).filter((value) => typeof value === "number");
    return {
      at,
      values: { mean: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length },
    };
  });
}

/** The nodes whose line lies furthest from the median of all, on average; as many as have a hue. */
export function furthestApart(series: Series, metric: SeriesMetric, nodes: readonly string[]): string[] {
  const lines = series.lines.filter((line) => line.metric === metric && nodes.includes(line.node));
  const medians = series.at.map((_, index) => medianOf(lines.flatMap((line) => line.values[index] ?? [])));
  const distance = (line: SeriesLine): number => {
    const away = line.values.flatMap((value, index) =>
      value === null ? [] : [Math.abs(value - (medians[index] ?? value))],
    );
    return away.length === 0 ? 0 : away.reduce((sum, value) => sum + value, 0) / away.length;
  };
  return lines
    .map((line) => ({ node: line.node, distance: distance(line) }))
    .toSorted((a, b) => b.distance - a.distance)
    .slice(0, MOST_IN_HUE)
    .map(({ node }) => node);
}

const medianOf = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The lines of an earlier time as a series of their own; null without a comparison. */
function earlierOf(series: Series): Series | null {
  const { comparison } = series;
  if (!comparison) return null;
  // Samples of earlier are not told: every bin counts alike.
  const nodes = series.nodes.map((node) => ({ ...node, samples: series.at.map(() => 1) }));
  return { ...series, nodes, lines: comparison.lines, gaps: comparison.gaps, comparison: null };
}

function besides(rows: ChartRow[], earlier: readonly ChartRow[] | null): ChartRow[] {
  if (!earlier) return rows;
  return rows.map(({ at, values }, index) => ({
    at,
    values: {
      ...values,
      ...Object.fromEntries(Object.entries(earlier[index]?.values ?? {}).map(([key, value]) => [BEFORE + key, value])),
    },
  }));
}
