import { snoozeAlert } from "@/lib/alerts/snooze-alert";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ alertId: string }>(async ({ ctx, params, request }) =>
  snoozeAlert(ctx, { ...((await readJson(request)) as Omit<Parameters<typeof snoozeAlert>[1], "alertId">), ...params }),
);
