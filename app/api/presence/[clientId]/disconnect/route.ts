import type { z } from "zod";
import { disconnectClient } from "@/lib/access/disconnect-client";
import type { disconnectClientSchema } from "@/lib/access/schemas";
import { consoleAskClient } from "@/lib/http/console-ask-client";
import { consoleBroker } from "@/lib/http/console-broker";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ clientId: string }>(async ({ ctx, params, request }) =>
  disconnectClient({ ...consoleBroker(), ask: consoleAskClient() })(ctx, {
    ...(await readJson<z.input<typeof disconnectClientSchema>>(request)),
    clientId: params.clientId,
  }),
);
