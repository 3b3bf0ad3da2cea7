import { listAuditEvents } from "@/lib/audit/list-audit-events";
import { readQuery, route } from "@/lib/http/route";

/** A page of the audit record. */
export const GET = route(({ ctx, request }) => listAuditEvents(ctx, readQuery(request)));
