import { route } from "@/lib/http/route";
import { estimateNextOnline } from "@/lib/presence/estimate-next-online";

export const GET = route<{ clientId: string }>(({ ctx, params, request }) => {
  const timeZone = new URL(request.url).searchParams.get("timeZone") ?? undefined;
  return estimateNextOnline(ctx, { clientId: params.clientId, ...(timeZone ? { timeZone } : {}) });
});
