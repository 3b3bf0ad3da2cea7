import { readJson, readQuery, route } from "@/lib/http/route";
import { listMessages } from "@/lib/publish/list-messages";
import { publishByOperator } from "@/lib/publish/publish-by-operator";

/** What was published before: `?source=&clientId=&cursor=&limit=`. */
export const GET = route(({ ctx, request }) => listMessages(ctx, readQuery(request)));

export const POST = route(async ({ ctx, request }) => publishByOperator(ctx, await readJson(request)));
