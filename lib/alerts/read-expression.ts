import { STALE_SECONDS } from "@/lib/cluster/terms";
import type { NodeRole, Series } from "@/lib/cluster/schemas";
import { isSeries, type Comparison, type Expression } from "./schemas";

/** What an expression says at one moment: a value a label; null where it is not known. The label of a whole system is "". */
export type Reading = ReadonlyMap<string, number | null>;

/** The nodes' series as expressions read them. */
export interface SeriesView {
  at: readonly number[];
  stepSeconds: number;
  nodes: readonly { name: string; role: NodeRole }[];
  /** Values of a metric on a node, one a bin; empty when it was not asked for. */
  valuesOf: (metric: string, node: string) => readonly (number | null)[];
}

export function viewSeries(series: Pick<Series, "at" | "stepSeconds" | "nodes" | "lines">): SeriesView {
  const lines = new Map(series.lines.map((line) => [`${line.metric} ${line.node}`, line.values]));
  return {
    at: series.at,
    stepSeconds: series.stepSeconds,
    nodes: series.nodes,
    valuesOf: (metric, node) => lines.get(`${metric} ${node}`) ?? [],
  };
}

/** Fewer nodes have no peers to be far from: of two, neither can be called the odd one. */
const LEAST_PEERS = 2;

/**
 * The expression's values at bin `index` of the series. Only looks back. A node that has not spoken for 15 s (or one bin) is
 * unknown, never zero. A sum that lacks a node is a lower bound: good enough for `atLeast`, unknown for `atMost`.
 */
export function readExpression(
  expression: Expression,
  view: SeriesView,
  { index, comparison }: { index: number; comparison: Comparison },
): Reading {
  if (!isSeries(expression.metric)) throw new Error(`${expression.metric} is not a series of the nodes`);
  const nodes = view.nodes.filter((node) => expression.nodes === "all" || node.role === expression.nodes);
  const parts = nodes.map((node) => ({ node, part: partOf(expression, view, { node: node.name, index }) }));
  if (expression.fn === "spread") return spreads(expression, parts);
  if (expression.per === "node")
    return new Map(parts.map(({ node, part }) => [node.name, part && shareOf(expression, [part])]));
  const known = parts.flatMap(({ part }) => part ?? []);
  if (known.length === 0 || (comparison === "atMost" && known.length < parts.length)) return new Map([["", null]]);
  const value =
    expression.per === "sum"
      ? shareOf(expression, known)
      : Math.max(...known.map((part) => shareOf(expression, [part])));
  return new Map([["", value]]);
}

/** What one node contributes: a value, and for a share what it is a share of. */
interface Part {
  value: number;
  of: number;
}

function partOf(
  expression: Expression,
  view: SeriesView,
  { node, index }: { node: string; index: number },
): Part | null {
  const { fn, metric, windowSeconds } = expression;
  const values = view.valuesOf(metric, node);
  const fresh = Math.max(1, Math.ceil(STALE_SECONDS / view.stepSeconds));
  const now = lastKnown(values, index, fresh);
  if (now === null) return null;
  if (fn === "value" || fn === "spread") return { value: now, of: 1 };
  const bins = Math.max(1, Math.round(windowSeconds / view.stepSeconds));
  if (fn === "drop") {
    // One bin more than the window is long: the value before it and the value at its end.
    const before = lastKnown(values, index - bins + fresh - 1, fresh);
    return before === null ? null : { value: before - now, of: before };
  }
  const window = (line: readonly (number | null)[]) =>
    line.slice(Math.max(0, index - bins + 1), index + 1).filter((value) => value !== null);
  const known = window(values);
  const total = known.reduce((sum, value) => sum + value, 0);
  if (fn === "rate") return { value: total / known.length, of: 1 };
  if (fn === "increase") return { value: total * view.stepSeconds, of: 1 };
  const others = expression.of ? window(view.valuesOf(expression.of, node)) : [];
  return {
    value: total * view.stepSeconds,
    of: others.reduce((sum, value) => sum + value, 0) * view.stepSeconds,
  };
}

/** Sum of the parts; of a share, in per cent of the sum of what they are of, which is at least `least`. */
function shareOf({ fn, least }: Expression, parts: readonly Part[]): number {
  const value = parts.reduce((sum, part) => sum + part.value, 0);
  if (fn !== "drop" && fn !== "ratio") return value;
  const of = Math.max(
    parts.reduce((sum, part) => sum + part.of, 0),
    least,
  );
  return of === 0 ? 0 : (100 * value) / of;
}

function spreads(
  { least }: Expression,
  parts: readonly { node: { name: string; role: NodeRole }; part: Part | null }[],
): Reading {
  const reading = new Map<string, number | null>();
  for (const { node, part } of parts) {
    const peers = parts.flatMap((other) =>
      other.node.name !== node.name && other.node.role === node.role && other.part ? other.part.value : [],
    );
    if (peers.length < LEAST_PEERS) continue;
    const middle = median(peers);
    const of = Math.max(middle, least);
    reading.set(node.name, part && (of === 0 ? 0 : (100 * Math.abs(part.value - middle)) / of));
  }
  return reading;
}

/** The latest value that is not null in the `most` bins that end with `index`. */
function lastKnown(values: readonly (number | null)[], index: number, most: number): number | null {
  for (let place = index; place > index - most && place >= 0; place -= 1) {
    const value = values[place];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
