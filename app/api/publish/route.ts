import { readJson, route } from "@/lib/http/route";
import { listMessages } from "@/lib/publish/list-messages";
import { publishMessage } from "@/lib/publish/publish-message";
import type { PublishMessageInput } from "@/lib/publish/schemas";

/** What was published before: `?source=&clientId=&cursor=&limit=`. */
export const GET = route(({ ctx, request }) =>
  listMessages(ctx, Object.fromEntries(new URL(request.url).searchParams)),
);

export const POST = route(async ({ ctx, request }) =>
  publishMessage(ctx, (await readJson(request)) as PublishMessageInput),
);
