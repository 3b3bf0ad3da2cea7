import { resolveAlert } from "@/lib/alerts/resolve-alert";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ alertId: string }>(async ({ ctx, params, request }) =>
  resolveAlert(ctx, {
    ...((await readJson(request)) as Omit<Parameters<typeof resolveAlert>[1], "alertId">),
    ...params,
  }),
);
