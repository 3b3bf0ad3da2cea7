"use client";

import { useQuery } from "@tanstack/react-query";
import { createContext, use, type ReactNode } from "react";
import { useFormat } from "@/components/ui/use-format";
import { logSummaryQuery } from "@/lib/api-client/logs";
import { HALF_A_DAY_MS } from "@/lib/format/instant";

const SpanMs = createContext(0);

/** Gives `useLogClock` below it how long the log is. */
export function LogClock({ logRequestId, children }: { logRequestId: string; children: ReactNode }) {
  const histogram = useQuery(logSummaryQuery(logRequestId)).data?.histogram;
  return <SpanMs value={histogram ? histogram.bars.length * histogram.barMs : 0}>{children}</SpanMs>;
}

/** Reads an instant of the log as a time of day, with its day where the log is of more than one. */
export function useLogClock() {
  const spanMs = use(SpanMs);
  const format = useFormat();
  return {
    hasDays: spanMs > HALF_A_DAY_MS,
    read: (at: string | number, precision?: "second" | "millisecond") => format.moment(at, spanMs, precision),
  };
}
