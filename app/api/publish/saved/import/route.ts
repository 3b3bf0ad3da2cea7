import { readJson, route } from "@/lib/http/route";
import { importSavedMessages } from "@/lib/publish/saved-messages";

export const POST = route(async ({ ctx, request }) => importSavedMessages(ctx, await readJson(request)));
