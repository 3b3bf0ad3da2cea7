"use client";

import { useQueries } from "@tanstack/react-query";
import { logPageQuery, type LogFilter } from "@/lib/api-client/logs";
import { PAGE_LINES, type PagePlace } from "@/lib/diagnostics/terms";
import type { LogLine } from "@/lib/diagnostics/schemas";

/** The lines of a filter that are in view, by their index; undefined where one is still on its way. */
export function useLogLines(options: {
  logRequestId: string;
  filter: LogFilter;
  pages: readonly PagePlace[];
  start: number;
  end: number;
}): { lineAt: (index: number) => LogLine | undefined; error: Error | null } {
  const { logRequestId, filter, start, end } = options;
  const firstPage = Math.floor(start / PAGE_LINES);
  const lastPage = Math.max(firstPage, Math.floor(Math.max(0, end - 1) / PAGE_LINES));
  const wanted = options.pages.slice(firstPage, lastPage + 1);
  const pages = useQueries({ queries: wanted.map((place) => logPageQuery(logRequestId, filter, place)) });
  return {
    lineAt: (index) => pages[Math.floor(index / PAGE_LINES) - firstPage]?.data?.lines[index % PAGE_LINES],
    error: pages.find((page) => page.error)?.error ?? null,
  };
}

/** The page a line of the log would be on, if it matches. */
export function pageOf(anchors: readonly number[], n: number): number {
  let [low, high] = [0, anchors.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((anchors[middle] ?? 0) <= n) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
