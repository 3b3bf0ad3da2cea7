import type { ChartMark } from "@/components/charts/marks";
import type { ClusterMarks } from "@/lib/cluster/list-marks";
import type { MarkKind, NodeState } from "@/lib/cluster/schemas";

/** One thing that happened to the cluster: a mark somebody made, or what the watch saw. */
export type Happening = { at: number } & (
  | { kind: "mark"; id: string; mark: MarkKind; title: string; markedBy: string }
  | { kind: "state"; node: string; state: NodeState; restarted: boolean }
  | { kind: "split"; nodes: string[]; until: number | null }
);

/** All that happened in order of time, the newest first. Both sides of a split are one. */
export function happeningsOf({ marks, nodeChanges, splits }: ClusterMarks): Happening[] {
  const sidesOf = new Map<number, typeof splits>();
  for (const side of splits) {
    const round = Math.round(Date.parse(side.from) / SAME_MS);
    sidesOf.set(round, [...(sidesOf.get(round) ?? []), side]);
  }
  const all: Happening[] = [
    ...marks.map((mark) => ({
      kind: "mark" as const,
      at: Date.parse(mark.at),
      id: mark.id,
      mark: mark.kind,
      title: mark.title,
      markedBy: mark.markedBy,
    })),
    ...nodeChanges.map((change) => ({
      kind: "state" as const,
      at: Date.parse(change.at),
      node: change.node,
      state: change.to,
      restarted: change.restarted,
    })),
    ...[...sidesOf.values()].map((sides) => ({
      kind: "split" as const,
      at: Date.parse(sides[0]?.from ?? ""),
      nodes: [...new Set(sides.map((side) => side.node))].toSorted(),
      until: sides.some((side) => side.until === null)
        ? null
        : Math.max(...sides.map((side) => Date.parse(side.until ?? ""))),
    })),
  ];
  return all.toSorted((a, b) => b.at - a.at);
}

// Sides of one split are judged in one round of the watch.
const SAME_MS = 5_000;

/** What begins badly, or was said by somebody; a node's return is in the list only. */
export const isDrawn = (happening: Happening): boolean =>
  happening.kind !== "state" || happening.state !== "up" || happening.restarted;

export const isIncident = (happening: Happening): boolean =>
  happening.kind === "mark" ? happening.mark === "incident" : true;

// Of the chart's width: closer names would lie over one another.
const NAME_SHARE = 0.12;

/** Lines for the charts of a stretch, those with room for it with their name: what somebody marked before what the watch saw. */
export function chartMarks(
  happenings: readonly Happening[],
  { from, to }: { from: number; to: number },
  nameOf: (happening: Happening) => string,
): ChartMark[] {
  const drawn = happenings
    .filter((happening) => isDrawn(happening) && happening.at >= from && happening.at <= to)
    .toSorted((a, b) => a.at - b.at);
  const named = new Set<Happening>();
  const hasRoom = ({ at }: Happening): boolean =>
    [...named].every((other) => Math.abs(at - other.at) >= NAME_SHARE * (to - from));
  for (const happening of drawn.toSorted((a, b) => Number(b.kind === "mark") - Number(a.kind === "mark")))
    if (hasRoom(happening)) named.add(happening);
  return drawn.map((happening) => ({
    at: happening.at,
    kind: isIncident(happening) ? ("incident" as const) : ("deploy" as const),
    ...(named.has(happening) ? { name: nameOf(happening) } : {}),
  }));
}
