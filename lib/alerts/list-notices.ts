import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { asNotice } from "./notice-item";
import type { NoticeItem } from "./schemas";

const MOST = 100;

/** The latest hundred notices of a channel, newest first. */
export const listNotices = readVerb({
  permission: "alerts.read",
  input: z.object({ channelId: z.uuid() }),
  work: async (ctx, { channelId }): Promise<NoticeItem[]> => {
    const rows = await ctx.db.prisma.alertNotice.findMany({
      where: { channelId },
      orderBy: { createdAt: "desc" },
      take: MOST,
      include: { channel: { select: { name: true } } },
    });
    return rows.map(asNotice);
  },
});
