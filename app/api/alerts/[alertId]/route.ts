import { alertSaid, getAlert } from "@/lib/alerts/get-alert";
import { route } from "@/lib/http/route";
import { sayTo } from "@/lib/http/say-to";

export const GET = route<{ alertId: string }>(async ({ ctx, params, request }) =>
  alertSaid(await getAlert(ctx, params), await sayTo(request.headers)),
);
