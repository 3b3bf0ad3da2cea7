import { getAlert } from "@/lib/alerts/get-alert";
import { route } from "@/lib/http/route";

export const GET = route<{ alertId: string }>(({ ctx, params }) => getAlert(ctx, params));
