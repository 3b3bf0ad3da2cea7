import type { TimelineEntry } from "@/lib/timeline/schemas";

export type Refusal = Extract<TimelineEntry, { what: "refused" }>;

/** What one line of a timeline tells: one entry, or refusals that came one after the other for the same reason, newest first. */
export type TimelineLine = { one: TimelineEntry } | { refusals: readonly [Refusal, ...Refusal[]] };

/** The entries in their order, each run of refusals of one reason as one line. */
export function foldRefusals(entries: readonly TimelineEntry[]): TimelineLine[] {
  const lines: TimelineLine[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const before = last && ("one" in last ? refusalsOf(last.one) : last.refusals);
    if (entry.what === "refused" && before && before[0].reason === entry.reason)
      lines.splice(-1, 1, { refusals: [...before, entry] });
    else lines.push({ one: entry });
  }
  return lines;
}

const refusalsOf = (entry: TimelineEntry): [Refusal] | null => (entry.what === "refused" ? [entry] : null);
