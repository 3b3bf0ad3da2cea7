import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";
import { changeWebhookEndpoint } from "@/lib/webhooks/endpoints";

export const POST = route<{ endpointId: string }>(async ({ ctx, params, request }) => {
  const { state } = await readJson<InputOf<typeof changeWebhookEndpoint>>(request);
  return changeWebhookEndpoint(ctx, { ...params, state });
});
