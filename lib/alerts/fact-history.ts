import type pg from "pg";
import type { Transaction } from "@/lib/db/database";
import type { Facts } from "./read-facts";
import type { FactMetric } from "./schemas";

const MINUTE_MS = 60_000;
type KnownFacts = Partial<Record<string, Record<string, number>>>;

/** Machine write by the evaluation: the highest value of each fact in each minute, so that rules on facts can be tried on the past. */
export async function recordFacts(tx: Transaction, facts: Facts, now: Date): Promise<void> {
  const at = new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS);
  const row = await tx.alertFacts.findUnique({ where: { at } });
  const before = (row?.facts ?? {}) as KnownFacts;
  const merged = highest(before, facts);
  if (row && JSON.stringify(merged) === JSON.stringify(before)) return;
  await tx.alertFacts.upsert({ where: { at }, create: { at, facts: merged }, update: { facts: merged } });
}

/** One fact by label: its highest value in each minute from `from` (a whole minute) on; null where it is not known. */
export async function readFactHistory(
  pool: pg.Pool,
  query: { metric: FactMetric; from: Date; to: Date },
): Promise<{ at: number[]; values: Map<string, (number | null)[]> }> {
  const { rows } = await pool.query<{ at: Date; values: Record<string, number> | null }>(
    `select at, facts -> $1 as values from alert_facts where at >= $2 and at < $3 order by at`,
    [query.metric, query.from, query.to],
  );
  const first = query.from.getTime();
  const count = Math.max(0, Math.ceil((query.to.getTime() - first) / MINUTE_MS));
  const values = new Map<string, (number | null)[]>();
  for (const row of rows)
    for (const [label, value] of Object.entries(row.values ?? {})) {
      const line = values.get(label) ?? Array.from({ length: count }, (): number | null => null);
      line[Math.round((row.at.getTime() - first) / MINUTE_MS)] = value;
      values.set(label, line);
    }
  return { at: Array.from({ length: count }, (_, index) => first + index * MINUTE_MS), values };
}

/** Keys in order, so that equal facts are equal text. */
function highest(before: KnownFacts, facts: Facts): Record<string, Record<string, number>> {
  const merged: Record<string, Record<string, number>> = {};
  for (const metric of Object.keys({ ...before, ...facts }).toSorted()) {
    const [old, now] = [before[metric] ?? {}, (facts as KnownFacts)[metric] ?? {}];
    const labels = Object.keys({ ...old, ...now }).toSorted();
    merged[metric] = Object.fromEntries(
      labels.flatMap((label) => {
        const known = [old[label], now[label]].filter((value) => typeof value === "number");
        return known.length > 0 ? [[label, Math.max(...known)]] : [];
      }),
    );
  }
  return merged;
}
