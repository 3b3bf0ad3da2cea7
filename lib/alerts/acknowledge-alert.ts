import { writeVerb } from "@/lib/audit/verb";
import { notify } from "@/lib/events/notify";
import { recordChange } from "./apply-grouping";
import { lockUnresolved } from "./hold-evaluation";
import { acknowledgeInput } from "./schemas";

/** Whoever acknowledges an alert owns it; another one takes it over. Throws CONFLICT when it is resolved. */
export const acknowledgeAlert = writeVerb({
  permission: "alerts.manage",
  input: acknowledgeInput,
  work: async (ctx, { alertId, note }) => {
    const before = await lockUnresolved(ctx, alertId);
    const isSame = before.status === "acknowledged" && before.ownerId === ctx.actor.id && (before.note ?? "") === note;
    if (!isSame) {
      await ctx.tx.alert.update({
        where: { id: alertId },
        data: { status: "acknowledged", ownerId: ctx.actor.id, ownerName: ctx.actor.name, note: note || null },
      });
      await recordChange(ctx, { alertId, kind: "acknowledged", actorName: ctx.actor.name, note: note || null });
      await notify(ctx.tx, { type: "alert.changed", alertId });
    }
    return {
      result: undefined,
      audit: { action: "alerts.acknowledgeAlert", subjectKind: "alert", subjectId: alertId, reason: note || null },
    };
  },
});
