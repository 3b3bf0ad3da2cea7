import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { Say } from "@/lib/sentence";
import { asNotice, noticeSaid } from "./notice-item";
import { severityOf } from "./rule-row";
import { CHANNEL_KINDS, type AlertChannel } from "./schemas";

/** Every channel by name, with the last notice that was tried through it; never where exactly it leads. */
export const listChannels = readVerb({
  permission: "alerts.read",
  input: z.object({}),
  work: async (ctx): Promise<AlertChannel[]> => {
    const rows = await ctx.db.prisma.alertChannel.findMany({
      omit: { sealed: true },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      include: {
        notices: { orderBy: { createdAt: "desc" }, take: 1 },
        _count: { select: { notices: { where: { state: "waiting" } } } },
      },
    });
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      kind: CHANNEL_KINDS.find((kind) => kind === row.kind) ?? "webhook",
      severities: row.severities.map(severityOf),
      enabled: row.enabled,
      destination: row.destination,
      createdAt: row.createdAt.toISOString(),
      createdBy: row.createdBy,
      lastNotice: row.notices[0] ? asNotice({ ...row.notices[0], channel: row }) : null,
      waitingCount: row._count.notices,
    }));
  },
});

/** The same for an operator, with what came of the notices in their language. */
export const channelsSaid = (channels: readonly AlertChannel[], say: Say): AlertChannel[] =>
  channels.map((channel) => ({ ...channel, lastNotice: channel.lastNotice && noticeSaid(channel.lastNotice, say) }));
