import { listAlerts } from "@/lib/alerts/list-alerts";
import { readQuery, route } from "@/lib/http/route";

/** `?status=open|acknowledged|resolved&cursor=…` */
export const GET = route(({ ctx, request }) => listAlerts(ctx, readQuery(request)));
