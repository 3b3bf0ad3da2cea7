import { queryOptions, type QueryClient } from "@tanstack/react-query";
import type { AlertCounts } from "@/lib/alerts/schemas";
import type { LiveEvent } from "@/lib/events/schemas";
import { getJson } from "./request";

/**
 * How many alerts there are, for the rail. Apart from the lists: the rail asks before the page under it is hydrated, which would
 * then be drawn from newer facts than its HTML.
 */
export const alertCountQuery = () =>
  queryOptions({
    queryKey: ["alerts", "count"],
    queryFn: ({ signal }) => getJson<AlertCounts>("/api/alerts/count", { signal }),
  });

/** Everything of alerts is due again, but what past values say: after a change of one's own, or one that was told of. */
export const refetchAlerts = (queryClient: QueryClient): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: ["alerts"], predicate: ({ queryKey }) => queryKey[1] !== "preview" });

/** An alert that opened, changed or ended, or a notice that was tried: they are few, so whatever is shown of alerts is asked again. */
export function applyAlertsEvent(queryClient: QueryClient, event: LiveEvent): void {
  if (event.type.startsWith("alert.")) void refetchAlerts(queryClient);
}
