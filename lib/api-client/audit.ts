import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { AuditDay, AuditFilters, AuditPage, AuditSealing } from "@/lib/audit/schemas";
import { getJson } from "./request";

/** Pages of the audit record, newest first. */
export const auditQuery = (filters: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: ["audit", "list", filters],
    queryFn: ({ pageParam, signal }) =>
      getJson<AuditPage>(`/api/audit?${toSearch({ ...filters, before: pageParam ?? undefined })}`, { signal }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });

/** Where the browser saves the record from, narrowed as it is shown; a look that is recorded. */
export const auditExportHref = (filters: AuditFilters, format: "csv" | "ndjson"): string =>
  `/api/audit/export?${toSearch({ ...filters, format })}`;

/** The record's last day in figures. */
export const auditDayQuery = () =>
  queryOptions({
    queryKey: ["audit", "day"],
    queryFn: ({ signal }) => getJson<AuditDay>("/api/audit/day", { signal }),
  });

/** How far the record is sealed, and what its last verification found; asked again while the page is open. */
export const auditSealingQuery = () =>
  queryOptions({
    queryKey: ["audit", "sealing"],
    queryFn: ({ signal }) => getJson<AuditSealing>("/api/audit/sealing", { signal }),
    refetchInterval: SEALING_EVERY_MS,
  });

// Often enough that a sealer that stands still is seen; the answer is a few index look-ups.
const SEALING_EVERY_MS = 30_000;

function toSearch(filters: AuditFilters & { format?: string }): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}
