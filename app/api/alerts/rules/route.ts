import { listRules } from "@/lib/alerts/list-rules";
import { saveRule } from "@/lib/alerts/save-rule";
import { readJson, route } from "@/lib/http/route";

export const GET = route(({ ctx }) => listRules(ctx, {}));

/** Makes a rule, or changes the one whose id and version are given. */
export const POST = route(async ({ ctx, request }) => saveRule(ctx, await readJson(request)));
