import { testChannel } from "@/lib/alerts/test-channel";
import { route } from "@/lib/http/route";

export const POST = route<{ channelId: string }>(({ ctx, params }) => testChannel(ctx, params));
