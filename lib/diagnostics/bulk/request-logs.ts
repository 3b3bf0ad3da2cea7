import { readVerb, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { notify } from "@/lib/events/notify";
import { readCounts } from "@/lib/presence/read-counts";
import { recipientsOf } from "@/lib/publish/sends/read-sends";
import { addJob } from "@/lib/queue/add-job";
import type { Context } from "@/lib/rbac/context";
import { countPhonesSchema, requestLogsSchema, type ChosenPhones } from "./schemas";

/** How many phones a choice names, by what is known of them now. Throws LIMIT when looking at each took too long. */
export const countPhones = readVerb({
  permission: "diagnostics.request",
  input: countPhonesSchema,
  work: async (ctx, { clients }) => recipientsOf(ctx, await withoutGroup(ctx, clients)),
});

/**
 * Asks many phones for their logs: a worker walks them at the rate and makes a request for each (release-bulk.ts). Throws VALIDATION
 * when nobody is chosen, CONFLICT when there are more than was agreed to.
 */
export const requestLogs = writeVerb({
  permission: "diagnostics.request",
  input: requestLogsSchema,
  work: async (ctx, { clients, confirmedClients, ratePerMinute, stopFailedPercent, ...options }) => {
    const { clientIds, ...filters } = await withoutGroup(ctx, clients);
    const { total } = await recipientsOf(ctx, { ...filters, ...(clientIds ? { clientIds } : {}) });
    if (total === 0) throw new AppError("VALIDATION", "No phone fits. Check the list or widen the filter.");
    // Phones come and go; a tenth more is not another decision.
    if (total > confirmedClients * 1.1)
      throw new AppError("CONFLICT", sentence("This is for {total} phones. Confirm that number.", { total }));
    const at = ctx.now();
    const startsAt = options.startsAt && Date.parse(options.startsAt) > at.getTime() ? new Date(options.startsAt) : at;
    const { id } = await ctx.tx.logRequestBulk.create({
      data: {
        filters,
        clientIds: clientIds ? [...new Set(clientIds)] : [],
        options,
        total,
        ratePerMinute,
        stopFailedPercent,
        stateAt: at,
        countedFrom: at,
        releaseAt: startsAt,
        reason: options.reason,
        ticket: options.ticket ?? null,
        requestedBy: ctx.actor.id,
        requestedByName: ctx.actor.name,
        requestedAt: at,
      },
      select: { id: true },
    });
    await addJob(ctx.tx, {
      task: "diagnostics:releaseBulk",
      isUrgent: true,
      payload: { bulkId: id },
      key: `bulk:${id}`,
      runAt: startsAt,
    });
    await notify(ctx.tx, { type: "diagnostics.bulkChanged", bulkId: id });
    return {
      result: { bulkId: id, total },
      audit: {
        action: "diagnostics.requestLogs",
        subjectKind: "log_request",
        subjectId: id,
        reason: options.reason,
        ticket: options.ticket ?? null,
        details: { clients: total, filters: JSON.stringify(filters), listed: clientIds?.length ?? null },
      },
    };
  },
});

/** The choice with its group told as a filter. A group that no phone is of chooses nobody. */
async function withoutGroup(ctx: Context, { group, ...choice }: ChosenPhones): Promise<Omit<ChosenPhones, "group">> {
  if (group === undefined) return choice;
  if (!group.startsWith("app-")) return { ...choice, platforms: [group] };
  const { cohorts } = await readCounts(ctx, {});
  const version = group.slice("app-".length);
  const isOf = (app: string | null): app is string => app === version || (app?.startsWith(`${version}.`) ?? false);
  const appVersions = [...new Set(cohorts.map((cohort) => cohort.appVersion).filter(isOf))];
  return { ...choice, appVersions: appVersions.length > 0 ? appVersions : [group] };
}
