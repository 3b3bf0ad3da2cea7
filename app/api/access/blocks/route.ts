import { blockSubject } from "@/lib/access/block-subject";
import { listBlocks } from "@/lib/access/list-blocks";
import { readJson, route } from "@/lib/http/route";

export const GET = route(({ ctx }) => listBlocks(ctx, {}));
export const POST = route(async ({ ctx, request }) => blockSubject(ctx, await readJson(request)));
