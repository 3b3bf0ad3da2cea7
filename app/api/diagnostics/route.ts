import type { z } from "zod";
import { getLogBoard } from "@/lib/diagnostics/get-log-board";
import { listLogRequests } from "@/lib/diagnostics/list-log-requests";
import { requestLog } from "@/lib/diagnostics/request-log";
import type { listLogRequestsSchema, requestLogSchema } from "@/lib/diagnostics/schemas";
import { readJson, route } from "@/lib/http/route";

/** The board; with `group` a page of that group, after `stateAt` and `id` of the last card. */
export const GET = route(({ ctx, request }) => {
  const given = new URL(request.url).searchParams;
  if (!given.has("group")) return getLogBoard(ctx, {});
  const after = given.has("id") ? { stateAt: given.get("stateAt"), id: given.get("id") } : undefined;
  return listLogRequests(ctx, { group: given.get("group"), after } as z.input<typeof listLogRequestsSchema>);
});

/** Asks one client for its log. */
export const POST = route(async ({ ctx, request }) =>
  requestLog(ctx, (await readJson(request)) as z.input<typeof requestLogSchema>),
);
