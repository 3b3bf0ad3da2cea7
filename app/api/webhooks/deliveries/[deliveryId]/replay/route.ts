import { route } from "@/lib/http/route";
import { replayWebhookDelivery } from "@/lib/webhooks/endpoints";

export const POST = route<{ deliveryId: string }>(({ ctx, params }) => replayWebhookDelivery(ctx, params));
