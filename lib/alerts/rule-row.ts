import type { AlertRule as RuleRow } from "@/lib/db/generated/client";
import type { Log } from "@/lib/log/log";
import { ruleConditionSchema, SEVERITIES, type RuleCondition, type Severity } from "./schemas";

/** A stored rule, read back. */
export interface Rule {
  id: string;
  name: string | null;
  runbook: string | null;
  severity: Severity;
  enabled: boolean;
  condition: RuleCondition;
}

/** Throws when the stored condition is not one of ours: it was written by a newer version. */
export const asRule = (row: RuleRow): Rule => ({
  id: row.id,
  name: row.name,
  runbook: row.runbook,
  severity: severityOf(row.severity),
  enabled: row.enabled,
  condition: conditionOf(row),
});

/** The rules that can be read; those that a newer version wrote are said and left out. */
export const readableRules = (rows: readonly RuleRow[], log: Log): Rule[] =>
  rows.flatMap((row) => {
    try {
      return asRule(row);
    } catch (error) {
      log.error({ err: error, rule: row.id }, "an alert rule cannot be read and is not evaluated");
      return [];
    }
  });

/** The condition of a stored rule; throws as `asRule`. */
export const conditionOf = (
  row: Pick<RuleRow, "expression" | "comparison" | "threshold" | "clearThreshold" | "forSeconds" | "clearForSeconds">,
): RuleCondition =>
  ruleConditionSchema.parse({
    expression: row.expression,
    comparison: row.comparison,
    threshold: row.threshold,
    clearThreshold: row.clearThreshold,
    forSeconds: row.forSeconds,
    clearForSeconds: row.clearForSeconds,
  });

/** A column that the database checks. */
export const severityOf = (word: string): Severity => SEVERITIES.find((severity) => severity === word) ?? "warn";
