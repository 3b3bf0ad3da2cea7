import { listAuditEvents } from "@/lib/audit/list-audit-events";
import { listAuditEventsSchema } from "@/lib/audit/schemas";
import { parseInput } from "@/lib/audit/verb";
import { route } from "@/lib/http/route";

/** A page of the audit record. */
export const GET = route(({ ctx, request }) =>
  listAuditEvents(ctx, parseInput(listAuditEventsSchema, Object.fromEntries(new URL(request.url).searchParams))),
);
