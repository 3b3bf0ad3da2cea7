import { readJson, route } from "@/lib/http/route";
import { listSavedMessages, saveMessage } from "@/lib/publish/saved-messages";

export const GET = route(({ ctx }) => listSavedMessages(ctx, {}));
export const POST = route(async ({ ctx, request }) => saveMessage(ctx, await readJson(request)));
