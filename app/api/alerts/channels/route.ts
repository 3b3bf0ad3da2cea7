import { channelsSaid, listChannels } from "@/lib/alerts/list-channels";
import { saveChannel } from "@/lib/alerts/save-channel";
import { readJson, route } from "@/lib/http/route";
import { sayTo } from "@/lib/http/say-to";

export const GET = route(async ({ ctx, request }) =>
  channelsSaid(await listChannels(ctx, {}), await sayTo(request.headers)),
);

/** Makes a channel, or changes the one whose id is given. A webhook's signing secret is in the answer of its making only. */
export const POST = route(async ({ ctx, request }) => saveChannel(ctx, await readJson(request)));
