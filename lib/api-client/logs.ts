import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { InputOf } from "@/lib/audit/verb";
import type { LogComparison } from "@/lib/diagnostics/compare-log";
import type { findFailure, FoundFailure } from "@/lib/diagnostics/find-failure";
import type { LogIndex } from "@/lib/diagnostics/index-log";
import type { EndpointRow } from "@/lib/diagnostics/list-endpoints";
import type { LogNote } from "@/lib/diagnostics/log-notes";
import type { LogShare, SharedLog } from "@/lib/diagnostics/log-shares";
import type { LogPage } from "@/lib/diagnostics/read-log";
import type { LogMoment } from "@/lib/diagnostics/read-moment";
import type { LineClass, METHODS } from "@/lib/diagnostics/schemas";
import type { LogAtAGlance } from "@/lib/diagnostics/summarise-log";
import { pageAsked, pagesOf, type PagePlace } from "@/lib/diagnostics/terms";
import { deleteJson, failureOf, getJson, openStream, postJson } from "./request";

/** Classes of calls, in the order they are stacked and listed; then lines that are no call. */
export const CALL_CLASSES = ["2xx", "3xx", "4xx", "5xx", "none"] as const satisfies readonly LineClass[];
export const ALL_CLASSES = [...CALL_CLASSES, "text"] as const satisfies readonly LineClass[];
/** Calls of these failed. */
export const FAILED = ["4xx", "5xx", "none"] as const satisfies readonly LineClass[];

export const CALL_METHODS = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
] as const satisfies typeof METHODS;

/** What lines are wanted; as the verbs take it. */
export interface LogFilter {
  classes: readonly LineClass[];
  method: (typeof CALL_METHODS)[number] | null;
  host: string | null;
  endpoint: string | null;
  path: string | null;
  status: number | null;
  minMs: number | null;
  maxMs: number | null;
  from: string | null;
  to: string | null;
  text: string;
  isRegex: boolean;
  aroundFailures: boolean;
}

export const NO_FILTER: LogFilter = {
  classes: [],
  method: null,
  host: null,
  endpoint: null,
  path: null,
  status: null,
  minMs: null,
  maxMs: null,
  from: null,
  to: null,
  text: "",
  isRegex: false,
  aroundFailures: false,
};

const logPath = (logRequestId: string, what = ""): string =>
  `/api/diagnostics/${encodeURIComponent(logRequestId)}/log${what}`;

/** What a log says at a glance. A log never changes, and each look is recorded: asked once. */
export const logSummaryQuery = (logRequestId: string) =>
  queryOptions({
    queryKey: ["diagnostics", "summary", logRequestId] as const,
    queryFn: ({ signal }) => getJson<LogAtAGlance>(logPath(logRequestId), { signal }),
    staleTime: "static",
  });

/** What is answered when a filter changes: where its lines lie, and its first page, which would be asked for next. */
export interface IndexedLog {
  index: LogIndex;
  /** Null: no line matches. */
  first: LogPage | null;
}

/** Where a filter's lines lie, its first page beside it in the cache; the result before stays until the next is there. */
export const logIndexQuery = (logRequestId: string, filter: LogFilter) =>
  queryOptions({
    queryKey: ["diagnostics", "index", logRequestId, filter] as const,
    queryFn: async ({ signal, client }) => {
      const { index, first } = await postJson<IndexedLog>(logPath(logRequestId, "/index"), filter, { signal });
      const [place] = pagesOf(index);
      if (place && first) client.setQueryData(logPageQuery(logRequestId, filter, place).queryKey, first);
      return index;
    },
    placeholderData: keepPreviousData,
    staleTime: "static",
    // One that is no regular expression stays none.
    retry: false,
  });

/** A page of a filter's lines. */
export const logPageQuery = (logRequestId: string, filter: LogFilter, place: PagePlace) =>
  queryOptions({
    queryKey: ["diagnostics", "lines", logRequestId, filter, place.anchor] as const,
    queryFn: ({ signal }) => postJson<LogPage>(logPath(logRequestId), { ...filter, ...pageAsked(place) }, { signal }),
    staleTime: "static",
    // Pages scrolled past long ago are asked for again rather than kept: memory stays bounded however long a log is.
    gcTime: 30_000,
  });

/** What else is known of the moment of a line. */
export const momentQuery = (logRequestId: string, at: string) =>
  queryOptions({
    queryKey: ["diagnostics", "moment", logRequestId, at] as const,
    queryFn: ({ signal }) => postJson<LogMoment>(logPath(logRequestId, "/moment"), { at }, { signal }),
    staleTime: 60_000,
  });

/** One line by its number, whatever the filter. */
export const logLineQuery = (logRequestId: string, n: number) =>
  queryOptions({
    queryKey: ["diagnostics", "line", logRequestId, n] as const,
    queryFn: ({ signal }) =>
      postJson<LogPage>(logPath(logRequestId), { ...NO_FILTER, after: n - 0.25, limit: 1 }, { signal }),
    staleTime: "static",
  });

/** The next or the previous failed call under a filter. */
export const findFailed = (
  logRequestId: string,
  asked: Pick<InputOf<ReturnType<typeof findFailure>>, "n" | "direction"> & { filter: LogFilter },
): Promise<FoundFailure> => {
  const { filter, ...where } = asked;
  return postJson<FoundFailure>(logPath(logRequestId, "/failure"), { ...filter, ...where });
};

/** A log's endpoints. */
export const endpointsQuery = (logRequestId: string) =>
  queryOptions({
    queryKey: ["diagnostics", "endpoints", logRequestId] as const,
    queryFn: ({ signal }) => getJson<EndpointRow[]>(logPath(logRequestId, "/endpoints"), { signal }),
    staleTime: "static",
  });

/** A log beside another, or beside its fleet. */
export const comparisonQuery = (logRequestId: string, otherId: string | null) =>
  queryOptions({
    queryKey: ["diagnostics", "comparison", logRequestId, otherId] as const,
    queryFn: ({ signal }) =>
      getJson<LogComparison>(
        logPath(logRequestId, `/compare${otherId ? `?with=${encodeURIComponent(otherId)}` : ""}`),
        {
          signal,
          timeoutMs: 60_000,
        },
      ),
    retry: false,
  });

/** What staff wrote beside a log's lines. */
export const notesQuery = (logRequestId: string) =>
  queryOptions({
    queryKey: ["diagnostics", "notes", logRequestId] as const,
    queryFn: ({ signal }) => getJson<LogNote[]>(logPath(logRequestId, "/notes"), { signal }),
  });

export const addNote = (logRequestId: string, note: { line: number; text: string }): Promise<{ noteId: string }> =>
  postJson(logPath(logRequestId, "/notes"), note);

export const removeNote = (logRequestId: string, noteId: string): Promise<void> =>
  deleteJson(logPath(logRequestId, `/notes/${encodeURIComponent(noteId)}`));

/** A log's links. */
export const sharesQuery = (logRequestId: string) =>
  queryOptions({
    queryKey: ["diagnostics", "shares", logRequestId] as const,
    queryFn: ({ signal }) => getJson<LogShare[]>(logPath(logRequestId, "/shares"), { signal }),
  });

export const shareLog = (
  logRequestId: string,
  share: { lines: { first: number; last: number } | null; expiresInHours: number },
): Promise<{ shareId: string }> => postJson(logPath(logRequestId, "/shares"), share);

export const revokeShare = (shareId: string): Promise<void> =>
  deleteJson(`/api/diagnostics/shares/${encodeURIComponent(shareId)}`);

/** What a link shows, a page at a time. */
export const sharedLogQuery = (shareId: string) =>
  infiniteQueryOptions({
    queryKey: ["diagnostics", "shared", shareId] as const,
    queryFn: ({ signal, pageParam }) =>
      getJson<SharedLog>(`/api/diagnostics/shares/${encodeURIComponent(shareId)}?after=${pageParam}`, { signal }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next,
    retry: false,
    staleTime: "static",
  });

/** Where a redacted log is downloaded. */
export const downloadPath = (logRequestId: string, format: "ndjson" | "csv" | "har"): string =>
  logPath(logRequestId, `/download?format=${format}`);

/** The log as it came, as a file; throws ApiError. */
export async function openOriginal(logRequestId: string, reason: string): Promise<Blob> {
  const response = await openStream(logPath(logRequestId, "/original"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reason }),
  });
  if (!response.ok) throw await failureOf(response);
  return response.blob();
}

/** Removes a log for good. */
export const deleteLog = (logRequestId: string, reason: string): Promise<void> =>
  postJson(logPath(logRequestId, "/delete"), { reason });
