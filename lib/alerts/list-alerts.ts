import { readVerb } from "@/lib/audit/verb";
import { ALERT_PARTS, asItem } from "./alert-item";
import { countAlerts } from "./count-alerts";
import { listAlertsInput, type AlertList } from "./schemas";

const PAGE = 50;
/** More open alerts than anybody reads; grouped as they are, this is hundreds of nodes. */
const MOST_UNRESOLVED = 500;

/**
 * Alerts of one status: open and acknowledged ones all, pages first, then the newest; resolved ones a page at a time, the latest
 * resolved first.
 */
export const listAlerts = readVerb({
  permission: "alerts.read",
  input: listAlertsInput,
  work: async (ctx, { status, cursor }): Promise<AlertList> => {
    const { prisma } = ctx.db;
    const isResolved = status === "resolved";
    const after = isResolved ? readCursor(cursor) : null;
    const [rows, counts, clock, rules] = await Promise.all([
      prisma.alert.findMany({
        where: {
          status,
          ...(after ? { OR: [{ resolvedAt: { lt: after.at } }, { resolvedAt: after.at, id: { gt: after.id } }] } : {}),
        },
        include: ALERT_PARTS,
        orderBy: isResolved
          ? [{ resolvedAt: "desc" }, { id: "asc" }]
          : [{ severity: "asc" }, { openedAt: "desc" }, { id: "asc" }],
        take: isResolved ? PAGE + 1 : MOST_UNRESOLVED,
      }),
      countAlerts(ctx, {}),
      prisma.alertClock.findFirst(),
      prisma.alertRule.findMany({ select: { id: true, name: true, enabled: true } }),
    ]);
    const names = new Map(rules.map((rule) => [rule.id, rule.name]));
    const page = isResolved ? rows.slice(0, PAGE) : rows;
    const last = page.at(-1);
    return {
      alerts: page.map((row) => asItem(row, names)),
      counts,
      evaluatedAt: isInstant(clock?.evaluatedAt) ? clock.evaluatedAt.toISOString() : null,
      rulesEnabled: rules.filter((rule) => rule.enabled).length,
      at: ctx.now().toISOString(),
      nextCursor: rows.length > page.length && last?.resolvedAt ? `${last.resolvedAt.toISOString()}_${last.id}` : null,
    };
  },
});

function readCursor(cursor: string | undefined): { at: Date; id: string } | null {
  const [at, id] = cursor?.split("_") ?? [];
  const date = new Date(at ?? Number.NaN);
  return id && isInstant(date) ? { at: date, id } : null;
}

// The clock begins at PostgreSQL's -infinity, which no Date can hold.
const isInstant = (date: Date | undefined): date is Date => date !== undefined && Number.isFinite(date.getTime());
