import { readQuery, route } from "@/lib/http/route";
import { listTimeline } from "@/lib/timeline/list-timeline";
import type { ListTimelineInput } from "@/lib/timeline/schemas";

export const GET = route<{ clientId: string }>(({ ctx, params, request }) => {
  const asked = readQuery<ListTimelineInput>(request);
  return listTimeline(ctx, { ...asked, clientId: params.clientId });
});
