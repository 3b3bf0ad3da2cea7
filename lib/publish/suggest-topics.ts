import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { groupTopic } from "@/lib/mqtt/device-topics";
import { groupsOf } from "@/lib/access/topic-rules";
import { readCounts } from "@/lib/presence/read-counts";
import type { TopicSuggestion } from "./schemas";

// As far back as somebody remembers, and few enough to read for every form that opens.
const LATEST = 500;
const MOST = 100;

/** Topic names known to be in use: those published to from the console of late, latest first, and the groups clients may be in. */
export const suggestTopics = readVerb({
  permission: "publish.send",
  input: z.strictObject({}),
  work: async (ctx): Promise<TopicSuggestion[]> => {
    const [{ rows }, { cohorts }] = await Promise.all([
      ctx.db.pool.query<{ topic_name: string }>(
        `select topic_name from (
           select topic_name, seq from messages where source = 'console' order by seq desc limit ${LATEST}
         ) latest group by 1 order by max(seq) desc limit ${MOST}`,
      ),
      readCounts(ctx, {}),
    ]);
    const groups = new Set(cohorts.flatMap((cohort) => groupsOf({ clientId: "", ...cohort })));
    return [
      ...rows.map(({ topic_name }): TopicSuggestion => ({ topicName: topic_name, from: "history" })),
      ...[...groups].map((group): TopicSuggestion => ({ topicName: groupTopic(group, topicRoot()), from: "group" })),
    ].slice(0, 2 * MOST);
  },
});
