import type { InputOf } from "@/lib/audit/verb";
import { countNetwork } from "@/lib/access/count-network";
import { readJson, route } from "@/lib/http/route";

/** How many clients a network's block would disconnect. */
export const POST = route(async ({ ctx, request }) =>
  countNetwork(ctx, await readJson<InputOf<typeof countNetwork>>(request)),
);
