import { deleteChannel } from "@/lib/alerts/delete-channel";
import { route } from "@/lib/http/route";

export const DELETE = route<{ channelId: string }>(({ ctx, params }) => deleteChannel(ctx, params));
