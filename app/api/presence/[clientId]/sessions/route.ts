import { route } from "@/lib/http/route";
import { listSessions } from "@/lib/presence/list-sessions";
import type { ListSessionsInput } from "@/lib/presence/schemas";

export const GET = route<{ clientId: string }>(({ ctx, params, request }) => {
  const asked = Object.fromEntries(new URL(request.url).searchParams) as unknown as Omit<ListSessionsInput, "clientId">;
  return listSessions(ctx, { ...asked, clientId: params.clientId });
});
