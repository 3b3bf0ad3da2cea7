import { createApiKey } from "@/lib/access/api-keys";
import { listApiKeys } from "@/lib/access/list-api-keys";
import { readJson, route } from "@/lib/http/route";

export const GET = route(({ ctx }) => listApiKeys(ctx, {}));

export const POST = route(async ({ ctx, request }) => createApiKey(ctx, await readJson(request)));
