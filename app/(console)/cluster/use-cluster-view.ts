"use client";
import { useQueryStates } from "nuqs";
import { useMemo } from "react";
import type { TimeSpan } from "@/components/charts/lines";
import type { ChartRange, WaveSpan } from "@/lib/api-client/cluster";
import type { Comparison, WaveKind } from "@/lib/cluster/schemas";
import { clusterSearch, spanOf } from "./cluster-search";

// Two samples, so that there is a line.
const SHORTEST_MS = 15_000;

/** What is looked at, which is in the URL, and how it changes. */
export function useClusterView() {
  const [search, setSearch] = useQueryStates(clusterSearch, { history: "push" });
  const { range, from, to, at, wave, waveFrom, waveTo } = search;
  const span = useMemo(() => spanOf({ range, from, to, at }), [range, from, to, at]);
  const selected: WaveSpan | null =
    wave && waveFrom && waveTo && waveFrom < waveTo
      ? { kind: wave, from: waveFrom.getTime(), to: waveTo.getTime() }
      : null;
  return {
    ...search,
    span,
    at: at?.getTime() ?? null,
    wave: selected,
    choose: (next: ChartRange) => void setSearch({ range: next, from: null, to: null }),
    zoom: (next: TimeSpan) => {
      const middle = (next.from + next.to) / 2;
      const half = Math.max(SHORTEST_MS, next.to - next.from) / 2;
      void setSearch({ from: new Date(middle - half), to: new Date(middle + half) });
    },
    unzoom: () => void setSearch({ from: null, to: null }),
    compareWith: (next: Comparison | null) => void setSearch({ compare: next }),
    drawBy: (next: "node" | "sum") => void setSearch({ by: next }),
    isolate: (node: string | null) => void setSearch({ only: node }),
    travel: (next: number | null) =>
      void setSearch({ at: next === null ? null : new Date(next), from: null, to: null }),
    explain: (kind: WaveKind, next: TimeSpan) =>
      void setSearch({ wave: kind, waveFrom: new Date(next.from), waveTo: new Date(next.to) }),
    closeWave: () => void setSearch({ wave: null, waveFrom: null, waveTo: null }),
  };
}
export type ClusterView = ReturnType<typeof useClusterView>;
