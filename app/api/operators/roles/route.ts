import { readJson, route } from "@/lib/http/route";
import { createRole, listRoles } from "@/lib/operators/roles";

export const GET = route(({ ctx }) => listRoles(ctx, {}));

export const POST = route(async ({ ctx, request }) => createRole(ctx, await readJson(request)));
