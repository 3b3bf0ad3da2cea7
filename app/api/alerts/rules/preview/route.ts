import { previewRule } from "@/lib/alerts/preview-rule";
import { readJson, route } from "@/lib/http/route";

/** When a condition would have been open in the last seven days; nothing is kept. */
export const POST = route(async ({ ctx, request }) => previewRule(ctx, await readJson(request)));
