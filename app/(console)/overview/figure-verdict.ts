import type { Figure } from "@/lib/cluster/schemas";

export type FigureVerdict =
  | { is: "unknown" | "learning" | "within" | "none" | "some" }
  | { is: "above" | "below" }
  /** Needs a look: far above the usual, or something that should never happen. */
  | { is: "trouble"; why: "times"; times: number }
  | { is: "trouble"; why: "most_refused" | "events_lost" };

// Three times the usual is what is looked at; below ten a minute the usual itself is noise. Guesses to revisit.
const TIMES = 3;
const LEAST = 10;
const WORSE_WHEN_HIGH: ReadonlySet<Figure["key"]> = new Set(["connects", "refused"]);

/**
 * How a figure stands to its usual range. Hook errors have none: each is an event of a client that was lost. Refusals beside
 * `connects` a minute are trouble without one when most connects end so.
 */
export function verdictOf({ key, value, unit, usual }: Figure, connects: number | null): FigureVerdict {
  if (value === null) return { is: "unknown" };
  if (key === "hookErrors") return value > 0 ? { is: "trouble", why: "events_lost" } : { is: "none" };
  if (unit === "inLastHour") return { is: value > 0 ? "some" : "none" };
  if (key === "refused" && value >= LEAST && connects !== null && value > connects / 2)
    return { is: "trouble", why: "most_refused" };
  if (!usual) return { is: "learning" };
  if (WORSE_WHEN_HIGH.has(key) && value >= LEAST && usual.high > 0 && value > TIMES * usual.high)
    return { is: "trouble", why: "times", times: value / usual.high };
  if (value > usual.high) return { is: "above" };
  return { is: value < usual.low ? "below" : "within" };
}

/** Connects a minute among the figures, which refusals are measured against. */
export const connectsOf = (figures: readonly Figure[]): number | null =>
  figures.find((figure) => figure.key === "connects")?.value ?? null;
