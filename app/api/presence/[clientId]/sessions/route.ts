import { readQuery, route } from "@/lib/http/route";
import { listSessions } from "@/lib/presence/list-sessions";
import type { ListSessionsInput } from "@/lib/presence/schemas";

export const GET = route<{ clientId: string }>(({ ctx, params, request }) => {
  const asked = readQuery<ListSessionsInput>(request);
  return listSessions(ctx, { ...asked, clientId: params.clientId });
});
