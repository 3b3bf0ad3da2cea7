import { queryOptions, type QueryClient } from "@tanstack/react-query";
import type { AlertCounts, AlertList, AlertStatus } from "@/lib/alerts/schemas";
import type { LiveEvent } from "@/lib/events/schemas";
import { getJson } from "./request";

/** What an open alert says changes with every evaluation, of which nobody is told: asked this often while one is looked at. */
export const SAYS_NOW_MS = 10_000;

/** All alerts that are open, or that somebody has. */
export const alertsQuery = (status: Exclude<AlertStatus, "resolved">) =>
  queryOptions({
    queryKey: ["alerts", "list", status],
    queryFn: ({ signal }) => getJson<AlertList>(`/api/alerts?status=${status}`, { signal }),
    refetchInterval: SAYS_NOW_MS,
  });

/**
 * How many alerts there are, for the rail. Apart from the lists: the rail asks before the page under it is hydrated, which would
 * then be drawn from newer facts than its HTML.
 */
export const alertCountQuery = () =>
  queryOptions({
    queryKey: ["alerts", "count"],
    queryFn: ({ signal }) => getJson<AlertCounts>("/api/alerts/count", { signal }),
  });

/** An alert that opened, changed or ended makes the lists and its own page due; a notice that was tried, those of its channel. */
export function applyAlertsEvent(queryClient: QueryClient, event: LiveEvent): void {
  const invalidate = (...rest: string[]) => void queryClient.invalidateQueries({ queryKey: ["alerts", ...rest] });
  switch (event.type) {
    case "alert.opened":
    case "alert.changed":
    case "alert.resolved":
      invalidate("count");
      invalidate("list");
      invalidate("one", event.alertId);
      return;
    case "alert.noticeTried":
      invalidate("channels");
      invalidate("notices", event.channelId);
      if (event.alertId) invalidate("one", event.alertId);
      return;
    default:
  }
}
