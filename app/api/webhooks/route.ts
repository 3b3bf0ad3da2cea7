import { parseInput } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";
import { createWebhookEndpoint } from "@/lib/webhooks/endpoints";
import { listWebhookEndpoints } from "@/lib/webhooks/list-endpoints";
import { createEndpointSchema } from "@/lib/webhooks/schemas";

export const GET = route(({ ctx }) => listWebhookEndpoints(ctx, {}));

export const POST = route(async ({ ctx, request }) =>
  createWebhookEndpoint(ctx, parseInput(createEndpointSchema, await readJson(request))),
);
