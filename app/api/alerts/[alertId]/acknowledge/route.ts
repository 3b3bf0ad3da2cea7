import { acknowledgeAlert } from "@/lib/alerts/acknowledge-alert";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ alertId: string }>(async ({ ctx, params, request }) =>
  acknowledgeAlert(ctx, {
    ...((await readJson(request)) as Omit<Parameters<typeof acknowledgeAlert>[1], "alertId">),
    ...params,
  }),
);
