import type { Figure } from "@/lib/cluster/schemas";

export type FigureVerdict =
  | { is: "unknown" | "learning" | "within" | "none" | "some" }
  | { is: "above" | "below" }
  /** Needs a look: far above the usual, or something that should never happen. */
  | { is: "trouble"; times: number | null };

// Three times the usual is what is looked at; below ten a minute the usual itself is noise. Guesses to revisit.
const TIMES = 3;
const LEAST = 10;
const WORSE_WHEN_HIGH: ReadonlySet<Figure["key"]> = new Set(["connects", "refused"]);

/** How a figure stands to its usual range. Hook errors have none: each is an event of a client that was lost. */
export function verdictOf({ key, value, unit, usual }: Figure): FigureVerdict {
  if (value === null) return { is: "unknown" };
  if (key === "hookErrors") return value > 0 ? { is: "trouble", times: null } : { is: "none" };
  if (unit === "inLastHour") return { is: value > 0 ? "some" : "none" };
  if (!usual) return { is: "learning" };
  if (WORSE_WHEN_HIGH.has(key) && value >= LEAST && value > TIMES * usual.high)
    return { is: "trouble", times: usual.high > 0 ? value / usual.high : null };
  if (value > usual.high) return { is: "above" };
  return { is: value < usual.low ? "below" : "within" };
}
