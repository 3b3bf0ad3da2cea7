import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { ALERT_PARTS, asItem } from "./alert-item";
import type { AlertItem } from "./schemas";

// A page of the past shows the gravest; more were never open at once that anybody read.
const MOST = 100;

/** Alerts that were open at a moment, the gravest and then the newest first, as they are now: one that is over since says so. */
export const listAlertsAt = readVerb({
  permission: "alerts.read",
  input: z.object({ at: z.coerce.date() }),
  work: async (ctx, { at }): Promise<AlertItem[]> => {
    const [rows, rules] = await Promise.all([
      ctx.db.prisma.alert.findMany({
        where: { openedAt: { lte: at }, OR: [{ resolvedAt: null }, { resolvedAt: { gt: at } }] },
        include: ALERT_PARTS,
        orderBy: [{ severity: "asc" }, { openedAt: "desc" }, { id: "asc" }],
        take: MOST,
      }),
      ctx.db.prisma.alertRule.findMany({ select: { id: true, name: true } }),
    ]);
    const names = new Map(rules.map((rule) => [rule.id, rule.name]));
    return rows.map((row) => asItem(row, names));
  },
});
