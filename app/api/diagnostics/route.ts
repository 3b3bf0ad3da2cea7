import type { InputOf } from "@/lib/audit/verb";
import { getLogBoard } from "@/lib/diagnostics/get-log-board";
import { listLogRequests } from "@/lib/diagnostics/list-log-requests";
import { requestLog } from "@/lib/diagnostics/request-log";
import { readJson, readQuery, route } from "@/lib/http/route";

interface BoardQuery {
  group?: InputOf<typeof listLogRequests>["group"];
  stateAt: string;
  id?: string;
}

/** The board; with `group` a page of that group, after `stateAt` and `id` of the last card. */
export const GET = route(({ ctx, request }) => {
  const { group, stateAt, id } = readQuery<BoardQuery>(request);
  if (!group) return getLogBoard(ctx, {});
  return listLogRequests(ctx, { group, ...(id ? { after: { stateAt, id } } : {}) });
});

/** Asks one client for its log. */
export const POST = route(async ({ ctx, request }) => requestLog(ctx, await readJson(request)));
