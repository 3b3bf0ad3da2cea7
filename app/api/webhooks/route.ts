import { readJson, route } from "@/lib/http/route";
import { createWebhookEndpoint } from "@/lib/webhooks/endpoints";
import { listWebhookEndpoints } from "@/lib/webhooks/list-endpoints";

export const GET = route(({ ctx }) => listWebhookEndpoints(ctx, {}));

export const POST = route(async ({ ctx, request }) => createWebhookEndpoint(ctx, await readJson(request)));
