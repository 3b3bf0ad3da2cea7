import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { isShipped } from "./default-rules";
import { holdEvaluation } from "./hold-evaluation";

/** Deletes a rule of our own; its alerts end at the next evaluation. A shipped one is switched off instead: VALIDATION. */
export const deleteRule = writeVerb({
  permission: "alerts.manage",
  input: z.object({ ruleId: z.string().max(64) }),
  work: async (ctx, { ruleId }) => {
    if (isShipped(ruleId)) throw new AppError("VALIDATION", "A shipped rule cannot be deleted; switch it off.");
    await holdEvaluation(ctx);
    const { count } = await ctx.tx.alertRule.deleteMany({ where: { id: ruleId } });
    if (count === 0) throw new AppError("NOT_FOUND", sentence("There is no rule {ruleId}.", { ruleId }));
    return {
      result: undefined,
      audit: { action: "alerts.deleteRule", subjectKind: "alert_rule", subjectId: ruleId },
    };
  },
});
