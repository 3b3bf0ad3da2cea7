import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import type { InputOf } from "@/lib/audit/verb";
import type { beginLogRequest as begin } from "@/lib/diagnostics/begin-log-request";
import type { LogRequestBulk } from "@/lib/diagnostics/bulk/read-bulks";
import type { countPhones, requestLogs as askMany } from "@/lib/diagnostics/bulk/request-logs";
import type { LogBoard } from "@/lib/diagnostics/get-log-board";
import type { LogRequestLife } from "@/lib/diagnostics/get-log-request";
import type { LogRequestPage } from "@/lib/diagnostics/list-log-requests";
import type { LogRequestCard } from "@/lib/diagnostics/log-request-card";
import type { requestLog as askOne } from "@/lib/diagnostics/request-log";
import type { BoardGroup } from "@/lib/diagnostics/schemas";
import type { LiveEvent } from "@/lib/events/schemas";
import type { RecipientCounts } from "@/lib/publish/sends/schemas";
import { deleteJson, getJson, postJson } from "./request";

/** Columns of the board, in their order. */
export const BOARD_COLUMNS = ["waiting", "active", "ready", "ended"] as const satisfies readonly BoardGroup[];

/** The board of log requests. */
export const boardQuery = () =>
  queryOptions({
    queryKey: ["diagnostics", "board"] as const,
    queryFn: ({ signal }) => getJson<LogBoard>("/api/diagnostics", { signal }),
  });

/** All cards of one group, a page at a time. */
export const groupQuery = (group: BoardGroup) =>
  infiniteQueryOptions({
    queryKey: ["diagnostics", "group", group] as const,
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({ group, ...pageParam });
      return getJson<LogRequestPage>(`/api/diagnostics?${asked.toString()}`, { signal });
    },
    initialPageParam: null as LogRequestPage["next"],
    getNextPageParam: (page) => page.next,
  });

const requestPath = (logRequestId: string): string => `/api/diagnostics/${encodeURIComponent(logRequestId)}`;

/** One request with its life. */
export const logRequestQuery = (logRequestId: string) =>
  queryOptions({
    queryKey: ["diagnostics", "request", logRequestId] as const,
    queryFn: ({ signal }) => getJson<LogRequestLife>(requestPath(logRequestId), { signal }),
  });

/** Asks a client for its log. */
export const requestLog = (input: InputOf<typeof askOne>): Promise<{ logRequestId: string }> =>
  postJson<{ logRequestId: string }>("/api/diagnostics", input);

/** Ends a request that has not ended. */
export const cancelLogRequest = (logRequestId: string): Promise<unknown> => deleteJson(requestPath(logRequestId));

/** Lets a draft begin, with the window chosen from the phone's list of files. */
export const beginLogRequest = ({ logRequestId, ...chosen }: InputOf<typeof begin>): Promise<unknown> =>
  postJson(`${requestPath(logRequestId)}/begin`, chosen);

export type ChosenPhones = InputOf<typeof countPhones>["clients"];

/** How many phones a choice names. */
export const phoneCountQuery = (clients: ChosenPhones) =>
  queryOptions({
    queryKey: ["diagnostics", "phoneCount", clients] as const,
    queryFn: ({ signal }) => postJson<RecipientCounts>("/api/diagnostics/bulk/count", { clients }, { signal }),
  });

/** Asks many phones for their logs. */
export const requestLogs = (input: InputOf<typeof askMany>): Promise<{ bulkId: string; total: number }> =>
  postJson<{ bulkId: string; total: number }>("/api/diagnostics/bulk", input);

/** Many log requests as one: those under way, and those of the last day. */
export const bulksQuery = () =>
  queryOptions({
    queryKey: ["diagnostics", "bulks"] as const,
    queryFn: ({ signal }) => getJson<LogRequestBulk[]>("/api/diagnostics/bulk", { signal }),
  });

const bulkPath = (bulkId: string): string => `/api/diagnostics/bulk/${encodeURIComponent(bulkId)}`;

/** Cancels many log requests. */
export const cancelBulk = (bulkId: string): Promise<unknown> => deleteJson(bulkPath(bulkId));

/** Goes on with many log requests after too many of them failed. */
export const resumeBulk = (bulkId: string): Promise<unknown> => postJson(`${bulkPath(bulkId)}/resume`, {});

/** Asks again for what changed, and patches the phones' states on the cards in place. */
export function applyDiagnosticsEvent(queryClient: QueryClient, event: LiveEvent): void {
  switch (event.type) {
    case "diagnostics.changed":
      void queryClient.invalidateQueries({ queryKey: ["diagnostics", "board"] });
      void queryClient.invalidateQueries({ queryKey: ["diagnostics", "group"] });
      void queryClient.invalidateQueries({ queryKey: ["diagnostics", "request", event.logRequestId] });
      void queryClient.invalidateQueries({ queryKey: ["diagnostics", "bulks"] });
      return;
    case "diagnostics.bulkChanged":
      void queryClient.invalidateQueries({ queryKey: ["diagnostics", "bulks"] });
      return;
    case "cluster.nodeChanged":
      // Its clients' states follow from the node's: too many to name in an event.
      for (const part of ["board", "group", "request"])
        void queryClient.invalidateQueries({ queryKey: ["diagnostics", part] });
      return;
    case "presence.changed": {
      const phones = new Map(event.clients.map(({ clientId, state, at, node }) => [clientId, { state, at, node }]));
      const patch = patchPhone(phones);
      queryClient.setQueryData<LogBoard>(boardQuery().queryKey, (board) => board && patchedBoard(board, patch));
      for (const query of queryClient.getQueryCache().findAll({ queryKey: ["diagnostics", "request"] }))
        queryClient.setQueryData<LogRequestLife>(query.queryKey, (life) => life && patch(life));
      return;
    }
    default:
  }
}

type Phones = ReadonlyMap<string, { state: NonNullable<LogRequestCard["phone"]>["state"]; at: number; node: string }>;

const patchPhone =
  (phones: Phones) =>
  <C extends LogRequestCard>(card: C): C => {
    const told = phones.get(card.clientId);
    return told
      ? { ...card, phone: { state: told.state, since: new Date(told.at).toISOString(), node: told.node } }
      : card;
  };

function patchedBoard(board: LogBoard, patch: (card: LogRequestCard) => LogRequestCard): LogBoard {
  let touched = false;
  const column = (group: BoardGroup): LogBoard["columns"][BoardGroup] => {
    const cards = board.columns[group].cards.map((card) => {
      const next = patch(card);
      touched ||= next !== card;
      return next;
    });
    return { ...board.columns[group], cards };
  };
  const columns = {
    waiting: column("waiting"),
    active: column("active"),
    ready: column("ready"),
    ended: column("ended"),
  };
  return touched ? { ...board, columns } : board;
}
