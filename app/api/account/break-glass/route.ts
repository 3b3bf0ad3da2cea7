import { readJson, route } from "@/lib/http/route";
import { breakGlass } from "@/lib/operators/unmask";

export const POST = route(async ({ ctx, request }) => breakGlass(ctx, await readJson(request)));
