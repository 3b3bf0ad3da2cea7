import { readAuditDay } from "@/lib/audit/read-audit-day";
import { route } from "@/lib/http/route";

/** The audit record's last day in figures. */
export const GET = route(({ ctx }) => readAuditDay(ctx, {}));
