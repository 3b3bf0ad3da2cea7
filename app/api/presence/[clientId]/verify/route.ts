import { consoleAskClient } from "@/lib/http/console-ask-client";
import { route } from "@/lib/http/route";
import { verifyClient } from "@/lib/presence/verify-client";

export const POST = route<{ clientId: string }>(({ ctx, params }) =>
  verifyClient(consoleAskClient())(ctx, { clientId: params.clientId }),
);
