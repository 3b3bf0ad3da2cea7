import { acknowledgeAlert } from "@/lib/alerts/acknowledge-alert";
import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ alertId: string }>(async ({ ctx, params, request }) =>
  acknowledgeAlert(ctx, {
    ...(await readJson<InputOf<typeof acknowledgeAlert>>(request)),
    ...params,
  }),
);
