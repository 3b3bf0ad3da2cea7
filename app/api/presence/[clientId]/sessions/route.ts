import { route } from "@/lib/http/route";
import { listSessions } from "@/lib/presence/list-sessions";

export const GET = route<{ clientId: string }>(({ ctx, params, request }) =>
  listSessions(ctx, { clientId: params.clientId, from: new URL(request.url).searchParams.get("from") ?? "" }),
);
