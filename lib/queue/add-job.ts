import type { Transaction } from "@/lib/db/database";

export interface JobSpec {
  /** Name of the task that will run it, e.g. `diagnostics:ingest`; letters, digits, colons. */
  task: string;
  payload: Record<string, unknown>;
  /** Jobs of one key are one job: adding it again before it ran replaces it. */
  key?: string;
  /** Not before this instant; absent: at once. */
  runAt?: Date;
  /** Quick work that somebody waits for: it goes before what takes long and came earlier. */
  isUrgent?: boolean;
  /** How often it is tried, with growing waits between; absent: 8 (about 20 minutes). */
  maxAttempts?: number;
}

/** Adds a job in the caller's transaction: it exists if and only if that commits, and some worker then runs it once. */
export async function addJob(tx: Pick<Transaction, "$executeRaw">, job: JobSpec): Promise<void> {
  await tx.$executeRaw`select 1 from graphile_worker.add_job(
    identifier => ${job.task}::text,
    payload => ${JSON.stringify(job.payload)}::json,
    run_at => ${job.runAt ?? null}::timestamptz,
    priority => ${job.isUrgent ? -1 : 0}::integer,
    max_attempts => ${job.maxAttempts ?? 8}::integer,
    job_key => ${job.key ?? null}::text)`;
}
