import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { notify } from "@/lib/events/notify";
import { grantSchema } from "./schemas";

/** Which grants: everything of a grant but its end. */
export const grantKeysSchema = z
  .array(grantSchema.omit({ expiresAt: true }))
  .min(1)
  .max(100);

/** Takes grants back; one that is not there is none to take. Gateways hear of it at once. Gives how many there were. */
export const deleteGrants = writeVerb({
  permission: "access.grant",
  input: z
    .array(grantSchema.omit({ expiresAt: true }))
    .min(1)
    .max(100),
  work: async (ctx, grants) => {
    let deleted = 0;
    for (const grant of grants) deleted += (await ctx.tx.grant.deleteMany({ where: grant })).count;
    for (const personId of new Set(grants.map((grant) => grant.personId)))
      await notify(ctx.tx, { type: "access.grantsChanged", personId });
    return {
      result: { deleted },
      audit: grants.map(({ personId, topicFilter, action }) => ({
        action: "access.deleteGrants",
        subjectKind: "grant" as const,
        subjectId: personId,
        details: { topicFilter, action },
      })),
    };
  },
});
