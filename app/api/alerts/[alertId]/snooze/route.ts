import { snoozeAlert } from "@/lib/alerts/snooze-alert";
import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ alertId: string }>(async ({ ctx, params, request }) =>
  snoozeAlert(ctx, { ...(await readJson<InputOf<typeof snoozeAlert>>(request)), ...params }),
);
