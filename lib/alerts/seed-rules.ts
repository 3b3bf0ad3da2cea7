import type pg from "pg";
import { SHIPPED_RULES } from "./default-rules";

/**
 * Machine-only: makes the rules that were shipped and are not there yet; what operators changed or switched off stays theirs.
 * Safe to call twice and from several workers.
 */
export async function seedRules(pool: pg.Pool): Promise<void> {
  const rows = SHIPPED_RULES.map(({ id, severity, condition }) => ({ id, severity, ...condition }));
  await pool.query(
    `insert into alert_rules (id, severity, expression, comparison, threshold, clear_threshold, for_seconds, clear_for_seconds)
     select id, severity, expression, comparison, threshold, "clearThreshold", "forSeconds", "clearForSeconds"
     from jsonb_to_recordset($1::jsonb) r (id text, severity text, expression jsonb, comparison text, threshold float8,
       "clearThreshold" float8, "forSeconds" int, "clearForSeconds" int)
     on conflict (id) do nothing`,
    [JSON.stringify(rows)],
  );
}
