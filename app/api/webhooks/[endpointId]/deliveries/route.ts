import type { InputOf } from "@/lib/audit/verb";
import { readQuery, route } from "@/lib/http/route";
import { listWebhookDeliveries } from "@/lib/webhooks/list-deliveries";

export const GET = route<{ endpointId: string }>(({ ctx, params, request }) => {
  const asked = readQuery<InputOf<typeof listWebhookDeliveries>>(request);
  return listWebhookDeliveries(ctx, { ...asked, ...params });
});
