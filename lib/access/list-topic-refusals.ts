import { readVerb } from "@/lib/audit/verb";
import { listTopicRefusalsSchema, type GrantAction, type TopicRefusal } from "./schemas";

const MOST_SHOWN = 50;

/** What a client asked for and was refused, the latest first; at most 50. */
export const listTopicRefusals = readVerb({
  permission: "publish.read",
  input: listTopicRefusalsSchema,
  work: async (ctx, { clientId }): Promise<TopicRefusal[]> => {
    const rows = await ctx.db.prisma.topicRefusal.findMany({
      where: { clientId },
      orderBy: { lastAt: "desc" },
      take: MOST_SHOWN,
    });
    return rows.map(({ action, topic, reason, firstAt, lastAt, times }) => ({
      action: actionOf(action),
      topic,
      reason,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      times: Number(times),
    }));
  },
  audit: ({ clientId }, refusals) =>
    refusals.length === 0
      ? null
      : { action: "access.listTopicRefusals", subjectKind: "client", subjectId: clientId, goesOnForMinutes: 15 },
});

const actionOf = (action: string): GrantAction => (action === "publish" ? "publish" : "subscribe");
