import { consoleEnv } from "@/lib/http/console-env";
import { readJson, route } from "@/lib/http/route";
import { unmaskPeople } from "@/lib/operators/unmask";

/** Shows names and numbers whole to this session for a while. */
export const POST = route(async ({ ctx, request }) =>
  unmaskPeople({ minutes: consoleEnv().UNMASK_MINUTES })(ctx, await readJson(request)),
);
