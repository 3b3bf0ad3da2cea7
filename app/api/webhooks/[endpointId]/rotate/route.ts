import { route } from "@/lib/http/route";
import { rotateWebhookSecret } from "@/lib/webhooks/endpoints";

export const POST = route<{ endpointId: string }>(({ ctx, params }) => rotateWebhookSecret(ctx, params));
