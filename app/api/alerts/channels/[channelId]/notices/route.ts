import { listNotices } from "@/lib/alerts/list-notices";
import { noticeSaid } from "@/lib/alerts/notice-item";
import { route } from "@/lib/http/route";
import { sayTo } from "@/lib/http/say-to";

export const GET = route<{ channelId: string }>(async ({ ctx, params, request }) => {
  const [notices, say] = await Promise.all([listNotices(ctx, params), sayTo(request.headers)]);
  return notices.map((notice) => noticeSaid(notice, say));
});
