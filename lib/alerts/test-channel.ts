import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { testContent } from "./notice";
import { queueNotices } from "./queue-notices";

/** Sends a test through a channel, on or off, as any notice is sent; gives the notice, whose outcome listNotices shows. */
export const testChannel = writeVerb({
  permission: "alerts.manage",
  input: z.object({ channelId: z.uuid() }),
  work: async (ctx, { channelId }) => {
    const channel = await ctx.tx.alertChannel.findUnique({ where: { id: channelId } });
    if (!channel) throw new AppError("NOT_FOUND", "There is no such channel.");
    const content = testContent(ctx.now(), channel.name);
    const [noticeId] = await queueNotices(ctx.tx, { channelIds: [channelId], alertId: null, content });
    if (!noticeId) throw new Error("One channel makes one notice");
    return {
      result: { noticeId },
      audit: { action: "alerts.testChannel", subjectKind: "alert_channel", subjectId: channelId },
    };
  },
});
