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

// A letter of a name, and the plot of the narrowest chart: of three beside one another, or on a phone. Measured.
const LETTER_PX = 6;
const PLOT_PX = 260;

/**
 * Lines for the charts of a stretch, one of a kind at an instant; those with room for it in one of two rows with their name: what somebody
 * marked before what the watch saw.
 */
export function chartMarks(
  happenings: readonly Happening[],
  { from, to }: { from: number; to: number },
  nameOf: (happening: Happening) => string,
): ChartMark[] {
  const drawn = happenings
    .filter((happening) => isDrawn(happening) && happening.at >= from && happening.at <= to)
    .toSorted((a, b) => a.at - b.at || Number(isIncident(a)) - Number(isIncident(b)) || markedFirst(a, b))
    .filter((happening, n, all) => !isSameLine(happening, all[n - 1]));
  const rows: [Place[], Place[]] = [[], []];
  const rowOf = new Map<Happening, 0 | 1>();
  for (const happening of drawn.toSorted(markedFirst)) {
    const place = placeOf((happening.at - from) / (to - from), nameOf(happening));
    const row = ([0, 1] as const).find((each) => rows[each].every((other) => isApart(place, other)));
    if (row === undefined) continue;
    rows[row].push(place);
    rowOf.set(happening, row);
  }
  return drawn.map((happening) => {
    const row = rowOf.get(happening);
    return {
      at: happening.at,
      kind: isIncident(happening) ? ("incident" as const) : ("deploy" as const),
      ...(row === undefined ? {} : { name: nameOf(happening), row }),
    };
  });
}

const markedFirst = (a: Happening, b: Happening): number => Number(b.kind === "mark") - Number(a.kind === "mark");

const isSameLine = (a: Happening, b: Happening | undefined): boolean =>
  a.at === b?.at && isIncident(a) === isIncident(b);

/** From where to where a name stands, as shares of the plot. */
type Place = readonly [from: number, to: number];

/** As components/charts/marks.tsx draws it: on the wider side of its line. */
function placeOf(share: number, name: string): Place {
  const width = (name.length * LETTER_PX) / PLOT_PX;
  return share < 0.5 ? [share, Math.min(1, share + width)] : [Math.max(0, share - width), share];
}

const isApart = (a: Place, b: Place): boolean => a[1] < b[0] || b[1] < a[0];
