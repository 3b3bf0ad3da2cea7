import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence, type Say } from "@/lib/sentence";
import { ALERT_PARTS, asItem } from "./alert-item";
import { wordsOf, isShipped } from "./default-rules";
import { conditionText } from "./expression-text";
import { asNotice, noticeSaid } from "./notice-item";
import { asRule } from "./rule-row";
import { CHANGE_KINDS, unitOf, type AlertDetail } from "./schemas";

const MOST_CHANGES = 500;
const MOST_NOTICES = 200;

/** One alert with its history, oldest first, and what was told of it. Throws NOT_FOUND. */
export const getAlert = readVerb({
  permission: "alerts.read",
  input: z.object({ alertId: z.uuid() }),
  work: async (ctx, { alertId }): Promise<AlertDetail> => {
    const { prisma } = ctx.db;
    const row = await prisma.alert.findUnique({
      where: { id: alertId },
      include: {
        ...ALERT_PARTS,
        changes: { orderBy: { id: "asc" }, take: MOST_CHANGES },
        notices: { orderBy: { createdAt: "asc" }, take: MOST_NOTICES, include: { channel: true } },
      },
    });
    if (!row) throw new AppError("NOT_FOUND", sentence("There is no alert {alertId}.", { alertId }));
    const ruleIds = [row.ruleId, ...row.changes.flatMap((change) => change.ruleId ?? [])];
    const rules = (await prisma.alertRule.findMany({ where: { id: { in: ruleIds } } })).map(asRule);
    const names = new Map(rules.map((rule) => [rule.id, rule.name]));
    const rule = rules.find(({ id }) => id === row.ruleId);
    return {
      ...asItem(row, names),
      // Null: the shipped words, which the reader's own language has.
      runbook: rule ? (rule.runbook ?? (isShipped(rule.id) ? null : wordsOf(rule).runbook)) : null,
      text: rule ? conditionText(rule.condition) : null,
      unit: rule ? unitOf(rule.condition.expression) : null,
      changes: row.changes.map((change) => ({
        id: Number(change.id),
        at: change.at.toISOString(),
        kind: CHANGE_KINDS.find((kind) => kind === change.kind) ?? "joined",
        actorName: change.actorName,
        ruleId: change.ruleId,
        ruleName: change.ruleId ? (names.get(change.ruleId) ?? null) : null,
        value: change.value,
        note: change.note,
        until: change.until?.toISOString() ?? null,
      })),
      notices: row.notices.map(asNotice),
    };
  },
});

/** The same for an operator, with what came of the notices in their language. */
export const alertSaid = (alert: AlertDetail, say: Say): AlertDetail => ({
  ...alert,
  notices: alert.notices.map((notice) => noticeSaid(notice, say)),
});
