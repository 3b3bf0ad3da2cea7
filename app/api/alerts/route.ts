import { listAlerts } from "@/lib/alerts/list-alerts";
import type { AlertStatus } from "@/lib/alerts/schemas";
import { route } from "@/lib/http/route";

/** `?status=open|acknowledged|resolved&cursor=…` */
export const GET = route(({ ctx, request }) =>
  listAlerts(ctx, Object.fromEntries(new URL(request.url).searchParams) as { status?: AlertStatus; cursor?: string }),
);
