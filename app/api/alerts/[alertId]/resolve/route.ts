import { resolveAlert } from "@/lib/alerts/resolve-alert";
import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ alertId: string }>(async ({ ctx, params, request }) =>
  resolveAlert(ctx, {
    ...(await readJson<InputOf<typeof resolveAlert>>(request)),
    ...params,
  }),
);
