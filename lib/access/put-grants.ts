import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { notify } from "@/lib/events/notify";
import { grantSchema } from "./schemas";

/** Grants of one call: an order has a handful of people; more is another call. */
export const grantsSchema = z.array(grantSchema).min(1).max(100);

/**
 * Lets people's clients subscribe or publish to topic filters, until a time or until taken back. Putting a grant again
 * changes its end. Gateways hear of it at once. Throws VALIDATION for a filter that reaches LiveConnect's own topics, where
 * other people's messages are, or the broker's.
 */
export const putGrants = writeVerb({
  permission: "access.grant",
  input: grantsSchema,
  work: async (ctx, grants) => {
    for (const { topicFilter } of grants) refuseReserved(topicFilter, topicRoot());
    for (const { personId, topicFilter, action, expiresAt } of grants) {
      const end = expiresAt ? new Date(expiresAt) : null;
      await ctx.tx.grant.upsert({
        where: { personId_topicFilter_action: { personId, topicFilter, action } },
        create: { personId, topicFilter, action, expiresAt: end, grantedBy: ctx.actor.name },
        update: { expiresAt: end, grantedBy: ctx.actor.name },
      });
    }
    for (const personId of new Set(grants.map((grant) => grant.personId)))
      await notify(ctx.tx, { type: "access.grantsChanged", personId });
    return {
      result: { granted: grants.length },
      audit: grants.map(({ personId, topicFilter, action, expiresAt }) => ({
        action: "access.putGrants",
        subjectKind: "grant" as const,
        subjectId: personId,
        details: { topicFilter, action, expiresAt: expiresAt ?? null },
      })),
    };
  },
});

function refuseReserved(topicFilter: string, root: string): void {
  if (topicFilter.startsWith("$"))
    throw new AppError("VALIDATION", "Topic filters that begin with $ are the broker's own and are not granted.");
  if (meet(topicFilter.split("/"), `${root}/#`.split("/")))
    throw new AppError(
      "VALIDATION",
      sentence("{topicFilter} reaches topics under {root}, which are not granted. Narrow it.", { topicFilter, root }),
    );
}

/** Is there a topic name that both filters match? Given in levels. */
function meet([one, ...ones]: string[], [other, ...others]: string[]): boolean {
  // [MQTT-4.7.1-2] "a/#" matches "a" too, so # meets the end as well
  if (one === "#" || other === "#") return true;
  if (one === undefined || other === undefined) return one === other;
  return (one === "+" || other === "+" || one === other) && meet(ones, others);
}
