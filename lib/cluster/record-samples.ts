import type { Database } from "@/lib/db/database";
import { notify } from "@/lib/events/notify";
import { SERIES_METRICS } from "./schemas";

export interface NodeSampleRow {
  nodeId: number;
  at: Date;
  /** In the order of SERIES_METRICS; null where the node did not say. */
  values: readonly (number | null)[];
}

/** Machine-only: tells the database the names of the places in a stored row. Safe to call twice; never renames a place. */
export async function recordMetricNames(pool: Database["pool"]): Promise<void> {
  await pool.query(
    `insert into series_metrics (position, name, kind)
     select position, name, kind from unnest($1::text[], $2::text[]) with ordinality m (name, kind, position)
     on conflict do nothing`,
    [SERIES_METRICS.map((metric) => metric.name), SERIES_METRICS.map((metric) => metric.kind)],
  );
}

/**
 * Machine-only: samples in one insert, with the minutes they fall in marked for rolling up, then one notification. A sample
 * written twice is kept once, and may come late.
 */
export async function recordSamples(db: Database, rows: readonly NodeSampleRow[], tickAt: Date): Promise<void> {
  if (rows.length > 0) {
    const places = rows.map((_, row) => `($${row * 3 + 1}, $${row * 3 + 2}, $${row * 3 + 3}::float8[])`);
    await db.pool.query(
      `with written as (
         insert into series_samples (node_id, at, "values") values ${places.join(", ")} on conflict do nothing returning at)
       insert into series_due (step_seconds, at) select distinct 60, date_trunc('minute', at) from written
       on conflict (step_seconds, at) do update set at = excluded.at`,
      rows.flatMap((row) => [row.nodeId, row.at, row.values]),
    );
  }
  await notify(db.prisma, { type: "cluster.sampled", at: tickAt.getTime() });
}
