import { writeVerb } from "@/lib/audit/verb";
import { notify } from "@/lib/events/notify";
import { recordChange } from "./apply-grouping";
import { lockUnresolved } from "./hold-evaluation";
import { snoozeInput } from "./schemas";

/**
 * Keeps an alert from asking for anybody until then; zero minutes ends that. When the time is over and it still holds, it is open
 * again, whoever owned it, and its channels are reminded. That it ended or grew worse is told all the same.
 */
export const snoozeAlert = writeVerb({
  permission: "alerts.manage",
  input: snoozeInput,
  work: async (ctx, { alertId, minutes }) => {
    await lockUnresolved(ctx, alertId);
    const until = minutes === 0 ? null : new Date(ctx.now().getTime() + minutes * 60_000);
    await ctx.tx.alert.update({ where: { id: alertId }, data: { snoozedUntil: until } });
    await recordChange(ctx, {
      alertId,
      kind: until ? "snoozed" : "snooze_ended",
      actorName: ctx.actor.name,
      ...(until ? { until } : {}),
    });
    await notify(ctx.tx, { type: "alert.changed", alertId });
    return {
      result: undefined,
      audit: { action: "alerts.snoozeAlert", subjectKind: "alert", subjectId: alertId, details: { minutes } },
    };
  },
});
