import { z } from "zod";
import { parseInput } from "@/lib/audit/verb";
import { consoleEvents } from "@/lib/http/console-events";
import { readJson, route } from "@/lib/http/route";
import { clientIdSchema } from "@/lib/mqtt/client-id";

const watchSchema = z.object({ streamId: z.uuid(), clientIds: z.array(clientIdSchema).max(1_000) });

/** Which clients a page shows. `held` false: its stream is another console's, or gone; it is told of every client then. */
export const POST = route(async ({ ctx, request }) => {
  const page = parseInput(watchSchema, await readJson(request));
  return { held: consoleEvents().watch({ ...page, operatorId: ctx.actor.id }) };
});
