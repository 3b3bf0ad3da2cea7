import { listAlertsAt } from "@/lib/alerts/list-alerts-at";
import { readQuery, route } from "@/lib/http/route";

/** `?at=…` */
export const GET = route(({ ctx, request }) => listAlertsAt(ctx, readQuery(request)));
