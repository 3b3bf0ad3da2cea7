import { readJson, readQuery, route } from "@/lib/http/route";
import { listSends } from "@/lib/publish/sends/read-sends";
import { startSend } from "@/lib/publish/sends/start-send";

export const GET = route(({ ctx, request }) => listSends(ctx, readQuery(request)));
export const POST = route(async ({ ctx, request }) => (await startSend(ctx, await readJson(request))).send);
