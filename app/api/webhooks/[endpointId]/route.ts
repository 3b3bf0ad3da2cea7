import { route } from "@/lib/http/route";
import { deleteWebhookEndpoint } from "@/lib/webhooks/endpoints";

export const DELETE = route<{ endpointId: string }>(({ ctx, params }) => deleteWebhookEndpoint(ctx, params));
