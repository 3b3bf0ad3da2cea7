import { randomUUID } from "node:crypto";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { TransactionContext } from "@/lib/rbac/context";
import { isShipped } from "./default-rules";
import { conditionText } from "./expression-text";
import { holdEvaluation } from "./hold-evaluation";
import { asRule } from "./rule-row";
import { ruleInput, type RuleCondition } from "./schemas";

/** More rules than this nobody can read, and each costs every evaluation a little. */
const MOST_RULES = 200;

/**
 * Makes a rule, or changes one over the version that was edited (CONFLICT when somebody else changed it meanwhile). With another
 * expression, or switched off, what it held is forgotten and its alerts end at the next evaluation.
 */
export const saveRule = writeVerb({
  permission: "alerts.manage",
  input: ruleInput,
  work: async (ctx, { id = null, version, name, runbook, severity, enabled, condition }) => {
    if (name === null && !(id && isShipped(id)))
      throw new AppError("VALIDATION", "name: a rule of our own needs a name.");
    await holdEvaluation(ctx);
    const data = {
      name,
      runbook,
      severity,
      enabled,
      ...columnsOf(condition),
      updatedAt: ctx.now(),
      updatedBy: ctx.actor.name,
    };
    const ruleId = id ?? randomUUID();
    if (id === null) {
      if ((await ctx.tx.alertRule.count()) >= MOST_RULES)
        throw new AppError(
          "LIMIT",
          sentence("There are {most} rules already; delete one first.", { most: MOST_RULES }),
        );
      await ctx.tx.alertRule.create({ data: { id: ruleId, ...data } });
    } else await change(ctx, { id, version, data, condition, enabled });
    const details = { condition: conditionText(condition), severity, enabled };
    return {
      result: { ruleId },
      audit: { action: "alerts.saveRule", subjectKind: "alert_rule", subjectId: ruleId, details },
    };
  },
});

const columnsOf = ({ expression, ...rest }: RuleCondition) => ({ expression, ...rest });

async function change(
  ctx: TransactionContext,
  given: {
    id: string;
    version: number | undefined;
    data: object;
    condition: RuleCondition;
    enabled: boolean;
  },
): Promise<void> {
  const before = await ctx.tx.alertRule.findUnique({ where: { id: given.id } });
  if (!before) throw new AppError("NOT_FOUND", sentence("There is no rule {id}.", { id: given.id }));
  if (before.version !== given.version)
    throw new AppError("CONFLICT", "Somebody changed this rule meanwhile. Open it again and repeat your change.");
  const isOther =
    JSON.stringify(asRule(before).condition.expression) !== JSON.stringify(given.condition.expression) ||
    !given.enabled;
  if (isOther) await ctx.tx.alertFiring.deleteMany({ where: { ruleId: given.id } });
  await ctx.tx.alertRule.update({ where: { id: given.id }, data: { ...given.data, version: before.version + 1 } });
}
