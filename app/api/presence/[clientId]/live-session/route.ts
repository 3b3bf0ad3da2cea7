import { consoleBroker } from "@/lib/http/console-broker";
import { route } from "@/lib/http/route";
import { readLiveSession } from "@/lib/presence/read-live-session";

export const GET = route<{ clientId: string }>(({ ctx, params }) =>
  readLiveSession({ ...consoleBroker(), nowMs: () => performance.now() })(ctx, { clientId: params.clientId }),
);
