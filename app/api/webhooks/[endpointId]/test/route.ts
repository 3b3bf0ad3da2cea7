import { route } from "@/lib/http/route";
import { testWebhookEndpoint } from "@/lib/webhooks/endpoints";

export const POST = route<{ endpointId: string }>(({ ctx, params }) => testWebhookEndpoint(ctx, params));
