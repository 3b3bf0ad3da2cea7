import { allowRoleTopic, listRoleTopics } from "@/lib/access/role-topics";
import { readJson, route } from "@/lib/http/route";

export const GET = route(({ ctx }) => listRoleTopics(ctx, {}));
export const POST = route(async ({ ctx, request }) => allowRoleTopic(ctx, await readJson(request)));
