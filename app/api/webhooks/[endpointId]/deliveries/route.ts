import { parseInput } from "@/lib/audit/verb";
import { route } from "@/lib/http/route";
import { listWebhookDeliveries } from "@/lib/webhooks/list-deliveries";
import { listDeliveriesSchema } from "@/lib/webhooks/schemas";

export const GET = route<{ endpointId: string }>(({ ctx, params, request }) => {
  const asked = Object.fromEntries(new URL(request.url).searchParams);
  return listWebhookDeliveries(ctx, parseInput(listDeliveriesSchema, { ...asked, ...params }));
});
