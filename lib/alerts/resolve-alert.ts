import { AppError } from "@/lib/errors";
import type { AuditFact } from "@/lib/audit/record-audit";
import { writeVerb } from "@/lib/audit/verb";
import { endAlert } from "./apply-grouping";
import { lockUnresolved } from "./hold-evaluation";
import { resolveInput } from "./schemas";
import { firingState } from "./state-machine";

const fact = ({ alertId, note }: { alertId: string; note: string }): AuditFact => ({
  action: "alerts.resolveAlert",
  subjectKind: "alert",
  subjectId: alertId,
  reason: note,
});

/**
 * Ends an alert of which nothing is known any more, e.g. of a node that is gone for good. One that still holds is CONFLICT: it
 * would open again at once.
 */
export const resolveAlert = writeVerb({
  permission: "alerts.manage",
  input: resolveInput,
  tried: fact,
  work: async (ctx, { alertId, note }) => {
    const alert = await lockUnresolved(ctx, alertId);
    const firings = await ctx.tx.alertFiring.findMany({ where: { alertId } });
    if (firings.some(({ state }) => firingState.parse(state).noDataSince === null))
      throw new AppError(
        "CONFLICT",
        "This still holds, so it would open again. Acknowledge or snooze it, or change its rule.",
      );
    await ctx.tx.alertFiring.deleteMany({ where: { alertId } });
    await endAlert(ctx, { alert, resolution: "by_operator", consoleUrl: null, note, actorName: ctx.actor.name });
    return {
      result: undefined,
      audit: fact({ alertId, note }),
    };
  },
});
