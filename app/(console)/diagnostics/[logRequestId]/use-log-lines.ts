"use client";

import { useQueries } from "@tanstack/react-query";
import { logPageQuery, type LogFilter } from "@/lib/api-client/logs";
import { PAGE_LINES, type PagePlace } from "@/lib/diagnostics/terms";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { lastAtMost } from "./last-at-most";

/** The lines of a filter at some places, those that are in view; undefined where one is still on its way. */
export function useLogLines(options: {
  logRequestId: string;
  filter: LogFilter;
  pages: readonly PagePlace[];
  places: readonly number[];
}): { lineAt: (place: number) => LogLine | undefined; error: Error | null } {
  const { logRequestId, filter, places } = options;
  const wanted = [...new Set(places.map((place) => Math.floor(place / PAGE_LINES)))].flatMap((page) =>
    options.pages.slice(page, page + 1).map((place) => ({ page, place })),
  );
  const pages = useQueries({ queries: wanted.map(({ place }) => logPageQuery(logRequestId, filter, place)) });
  const byPage = new Map(wanted.map(({ page }, index) => [page, pages[index]]));
  return {
    lineAt: (place) => byPage.get(Math.floor(place / PAGE_LINES))?.data?.lines[place % PAGE_LINES],
    error: pages.find((page) => page.error)?.error ?? null,
  };
}

/** The page a line of the log would be on, if it matches. */
export const pageOf = (anchors: readonly number[], n: number): number =>
  Math.max(
    0,
    lastAtMost(anchors.length, (page) => anchors[page] ?? 0, n),
  );
