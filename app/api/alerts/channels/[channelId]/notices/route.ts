import { listNotices } from "@/lib/alerts/list-notices";
import { route } from "@/lib/http/route";

export const GET = route<{ channelId: string }>(({ ctx, params }) => listNotices(ctx, params));
