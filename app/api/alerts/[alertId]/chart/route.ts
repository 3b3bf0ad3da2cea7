import { readAlertChart } from "@/lib/alerts/read-alert-chart";
import { route } from "@/lib/http/route";

/** What its rule saw around the moment it opened. */
export const GET = route<{ alertId: string }>(({ ctx, params }) => readAlertChart(ctx, params));
