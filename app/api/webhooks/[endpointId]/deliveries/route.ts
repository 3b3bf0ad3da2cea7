import type { InputOf } from "@/lib/audit/verb";
import { readQuery, route } from "@/lib/http/route";
import { sayTo } from "@/lib/http/say-to";
import { deliveriesSaid, listWebhookDeliveries } from "@/lib/webhooks/list-deliveries";

export const GET = route<{ endpointId: string }>(async ({ ctx, params, request }) => {
  const asked = readQuery<InputOf<typeof listWebhookDeliveries>>(request);
  return deliveriesSaid(await listWebhookDeliveries(ctx, { ...asked, ...params }), await sayTo(request.headers));
});
