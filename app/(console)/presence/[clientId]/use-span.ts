"use client";
import { parseAsStringLiteral, parseAsTimestamp, useQueryStates } from "nuqs";
import { useNow } from "@/components/ui/clock";
import type { HistorySpan } from "@/lib/api-client/presence";
import { boundedSpan, RANGE_MS, sessionsFrom, type Range } from "./range";

export const RANGES = ["day", "week", "month", "all"] as const satisfies readonly Range[];
// The strip moves on by this much at a time; its seconds would only flicker.
const STEP_MS = 30_000;

/** The stretch of history in view, which is in the URL: one of the ranges up to now, or two instants. */
export function useSpan(openedAt: number) {
  const [asked, setAsked] = useQueryStates({
    range: parseAsStringLiteral(RANGES).withDefault("day"),
    from: parseAsTimestamp,
    to: parseAsTimestamp,
  });
  const now = Math.ceil(useNow() / STEP_MS) * STEP_MS;
  const own =
    asked.from && asked.to && asked.from < asked.to ? boundedSpan(asked.from.getTime(), asked.to.getTime(), now) : null;
  const { from, to } = own ?? { from: now - RANGE_MS[asked.range], to: now };
  const query: HistorySpan = own ? iso(own) : { from: sessionsFrom(openedAt, RANGE_MS[asked.range]) };
  return {
    from,
    to,
    /** Null while two instants were chosen. */
    range: own ? null : asked.range,
    /** What is asked of the server. */
    query,
    /** Of the timeline, which is told whole unless two instants were chosen. */
    timeline: own ? query : null,
    choose: (range: Range) => void setAsked({ range, from: null, to: null }),
    zoom: (start: number, end: number) => {
      const span = boundedSpan(start, end, now);
      void setAsked({ from: new Date(span.from), to: new Date(span.to) });
    },
    reset: () => void setAsked({ from: null, to: null }),
  };
}
export type Span = ReturnType<typeof useSpan>;

const iso = ({ from, to }: { from: number; to: number }): HistorySpan => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});
