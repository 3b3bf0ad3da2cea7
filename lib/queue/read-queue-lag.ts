import type { Pool } from "pg";

export interface QueueLag {
  /** Jobs that could run now and do not. */
  jobs: number;
  /** How long the oldest of them has waited; 0 without any. */
  oldestSeconds: number;
}

/** How far the queue is behind, by the queue's own tables. Throws before it was ever made (`migrateQueue`). */
export async function readQueueLag(pool: Pool): Promise<QueueLag> {
  const { rows } = await pool.query<QueueLag>(
    `select count(*)::int as jobs, coalesce(extract(epoch from now() - min(run_at)), 0)::float8 as "oldestSeconds"
     from graphile_worker.jobs where run_at <= now() and locked_at is null and attempts < max_attempts`,
  );
  return rows[0] ?? { jobs: 0, oldestSeconds: 0 };
}
