import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { isShipped, SHIPPED_RULES } from "./default-rules";
import { conditionText } from "./expression-text";
import { asRule } from "./rule-row";
import { unitOf, type AlertRule } from "./schemas";

/** Every rule: the shipped ones in their order, then our own by name. */
export const listRules = readVerb({
  permission: "alerts.read",
  input: z.object({}),
  work: async (ctx): Promise<AlertRule[]> => {
    const rows = await ctx.db.prisma.alertRule.findMany({
      include: { firings: { where: { alertId: { not: null } }, select: { label: true } } },
      orderBy: { name: "asc" },
    });
    return rows
      .map((row): AlertRule => {
        const rule = asRule(row);
        return {
          ...rule,
          isShipped: isShipped(rule.id),
          text: conditionText(rule.condition),
          unit: unitOf(rule.condition.expression),
          version: row.version,
          updatedAt: row.updatedAt.toISOString(),
          updatedBy: row.updatedBy,
          openCount: row.firings.length,
        };
      })
      .toSorted((a, b) => placeOf(a.id) - placeOf(b.id));
  },
});

const placeOf = (id: string): number => {
  const place = SHIPPED_RULES.findIndex((rule) => rule.id === id);
  return place === -1 ? SHIPPED_RULES.length : place;
};
