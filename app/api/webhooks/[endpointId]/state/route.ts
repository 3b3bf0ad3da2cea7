import { parseInput } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";
import { changeWebhookEndpoint } from "@/lib/webhooks/endpoints";
import { changeEndpointSchema } from "@/lib/webhooks/schemas";

export const POST = route<{ endpointId: string }>(async ({ ctx, params, request }) => {
  const { state } = parseInput(changeEndpointSchema.pick({ state: true }), await readJson(request));
  return changeWebhookEndpoint(ctx, { ...params, state });
});
