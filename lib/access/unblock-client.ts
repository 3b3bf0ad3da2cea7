import { writeVerb } from "@/lib/audit/verb";
import { notify } from "@/lib/events/notify";
import { unblockClientSchema } from "./schemas";

/** Lets a blocked client connect again; one that is not blocked is left as it is, which the audit says too. */
export const unblockClient = writeVerb({
  permission: "access.manage",
  input: unblockClientSchema,
  work: async (ctx, { clientId, reason }) => {
    const { count } = await ctx.tx.blockedClient.deleteMany({ where: { clientId } });
    await notify(ctx.tx, { type: "access.blocksChanged", clientId });
    return {
      result: { wasBlocked: count > 0 },
      audit: {
        action: "access.unblockClient",
        subjectKind: "client",
        subjectId: clientId,
        reason: reason ?? null,
        details: { wasBlocked: count > 0 },
      },
    };
  },
});
