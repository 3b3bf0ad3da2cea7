import { readAudience } from "@/lib/access/read-audience";
import { consoleBroker } from "@/lib/http/console-broker";
import { readJson, route } from "@/lib/http/route";

/** Who would get a message to a topic name. A POST, as it asks the broker. */
export const POST = route(async ({ ctx, request }) =>
  readAudience({ ...consoleBroker(), nowMs: () => performance.now() })(ctx, await readJson(request)),
);
