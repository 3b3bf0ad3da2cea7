import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";

/** Deletes a channel with what was told through it. */
export const deleteChannel = writeVerb({
  permission: "alerts.manage",
  input: z.object({ channelId: z.uuid() }),
  work: async (ctx, { channelId }) => {
    const { count } = await ctx.tx.alertChannel.deleteMany({ where: { id: channelId } });
    if (count === 0) throw new AppError("NOT_FOUND", "There is no such channel.");
    return {
      result: undefined,
      audit: { action: "alerts.deleteChannel", subjectKind: "alert_channel", subjectId: channelId },
    };
  },
});
