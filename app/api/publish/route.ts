import { readJson, route } from "@/lib/http/route";
import { listMessages } from "@/lib/publish/list-messages";
import { publishByOperator } from "@/lib/publish/publish-by-operator";

/** What was published before: `?source=&clientId=&cursor=&limit=`. */
export const GET = route(({ ctx, request }) =>
  listMessages(ctx, Object.fromEntries(new URL(request.url).searchParams)),
);

export const POST = route(async ({ ctx, request }) => publishByOperator(ctx, await readJson(request)));
