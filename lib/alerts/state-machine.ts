import { z } from "zod";
import type { RuleCondition } from "./schemas";

/**
 * One rule on one label.
 * States: inactive → pending (it is so) → open (it was so for `forSeconds`) → inactive (it was past the clear threshold for
 * `clearForSeconds`).
 * A value that is not known moves nothing: what was pending begins anew when it is known again, what was open stays open and
 * says since when nothing is known. So does a pause in the evaluation itself.
 * Damped: from the third opening within half an hour on, each doubles how long it must be calm, up to eight times; trades a late
 * end of a flapping alert for not telling it at every turn.
 * All times are ms since the epoch.
 */
export const firingState = z.object({
  status: z.enum(["inactive", "pending", "open"]),
  /** Of the status. */
  since: z.number(),
  /** Open, but calm since. */
  calmSince: z.number().nullable(),
  noDataSince: z.number().nullable(),
  /** When a value was last known. */
  knownAt: z.number().nullable(),
  value: z.number().nullable(),
  /** When it opened within the last half hour. */
  openings: z.array(z.number()),
});
export type FiringState = z.output<typeof firingState>;

export interface Step {
  state: FiringState;
  changed: "opened" | "cleared" | null;
}

export const FLAPPING_MS = 30 * 60_000;
const MOST_DAMPING = 8;
/** Openings within half an hour from which an alert is called flapping. */
export const FLAPPING_OPENINGS = 3;

export const calmState = (at: number): FiringState => ({
  status: "inactive",
  since: at,
  calmSince: null,
  noDataSince: null,
  knownAt: null,
  value: null,
  openings: [],
});

/** What the rule's next value makes of its state. `mostGapMs`: a longer pause between two known values is a gap. */
export function nextFiring(
  before: FiringState,
  rule: Pick<RuleCondition, "comparison" | "threshold" | "clearThreshold" | "forSeconds" | "clearForSeconds">,
  seen: { at: number; value: number | null; mostGapMs: number },
): Step {
  const { at, value } = seen;
  if (value === null) return { state: { ...before, value, noDataSince: before.noDataSince ?? at }, changed: null };
  const wasGap = before.knownAt === null || at - before.knownAt > seen.mostGapMs;
  const openings = before.openings.filter((opening) => at - opening <= FLAPPING_MS);
  const known = { ...before, openings, value, knownAt: at, noDataSince: null };
  const isSo = isPast(rule.comparison, value, rule.threshold);

  if (before.status === "open") {
    if (isSo || !isCalm(rule, value)) return { state: { ...known, calmSince: null }, changed: null };
    const calmSince = before.calmSince === null || wasGap ? at : before.calmSince;
    if (at - calmSince < rule.clearForSeconds * 1_000 * damping(openings.length))
      return { state: { ...known, calmSince }, changed: null };
    return { state: { ...known, status: "inactive", since: at, calmSince: null }, changed: "cleared" };
  }

  if (!isSo)
    return { state: before.status === "inactive" ? known : { ...known, status: "inactive", since: at }, changed: null };
  const since = before.status === "pending" && !wasGap ? before.since : at;
  if (at - since < rule.forSeconds * 1_000) return { state: { ...known, status: "pending", since }, changed: null };
  return { state: { ...known, status: "open", since: at, openings: [...openings, at] }, changed: "opened" };
}

/** A firing that must prove itself again: what it said belonged to something that is over. */
export const provenAgain = (state: FiringState, at: number): FiringState => ({
  ...state,
  status: "pending",
  since: at,
  calmSince: null,
  openings: state.openings.slice(0, -1),
});

export const isFlapping = (state: FiringState): boolean => state.openings.length >= FLAPPING_OPENINGS;

const damping = (openings: number): number =>
  Math.min(MOST_DAMPING, 2 ** Math.max(0, openings - FLAPPING_OPENINGS + 1));

const isPast = (comparison: RuleCondition["comparison"], value: number, threshold: number): boolean =>
  comparison === "atLeast" ? value >= threshold : value <= threshold;

const isCalm = (rule: Pick<RuleCondition, "comparison" | "clearThreshold">, value: number): boolean =>
  rule.comparison === "atLeast" ? value <= rule.clearThreshold : value >= rule.clearThreshold;
