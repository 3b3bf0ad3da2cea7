import { changePassword } from "@/lib/auth/change-password";
import { readJson, route } from "@/lib/http/route";

export const POST = route(async ({ ctx, request }) => changePassword(ctx, await readJson(request)));
