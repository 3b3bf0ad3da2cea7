import { Logger, run, runMigrations } from "graphile-worker";
import type { Log } from "@/lib/log/log";

export interface Job {
  payload: unknown;
  /** True when the queue will not try this job again if it fails now. */
  isLastAttempt: boolean;
}

/** Runs one job; it may run again after a crash, so it must be safe to repeat. Throwing means: try again later. */
export type Task = (job: Job) => Promise<void>;

/** How a job ended; `failed` means tried for the last time. */
export interface JobOutcome {
  task: string;
  outcome: "succeeded" | "errored" | "failed";
}

export interface Queue {
  /** Waits for the jobs under way, a few seconds at most, then gives the rest back. */
  close: () => Promise<void>;
}

/** Makes or updates the queue's own schema (`graphile_worker`). Safe to call twice and from several processes. */
export async function migrateQueue(options: { url: string; log: Log }): Promise<void> {
  await runMigrations({ connectionString: options.url, logger: loggerOf(options.log), maxPoolSize: 2 });
}

/**
 * Runs jobs from PostgreSQL (graphile-worker) until closed. Several processes share one queue: a job is locked by the row,
 * so no two run it at once; after a crash it is given to another in some minutes. `schedule` is crontab lines of tasks, each
 * due time of which runs once among all processes.
 */
export async function runQueue(options: {
  url: string;
  tasks: Readonly<Record<string, Task>>;
  schedule?: readonly string[];
  concurrency: number;
  log: Log;
  onJob?: (outcome: JobOutcome) => void;
}): Promise<Queue> {
  const runner = await run({
    connectionString: options.url,
    maxPoolSize: options.concurrency + 2,
    concurrency: options.concurrency,
    noHandleSignals: true,
    crontab: (options.schedule ?? []).join("\n"),
    logger: loggerOf(options.log),
    taskList: Object.fromEntries(
      Object.entries(options.tasks).map(([name, task]) => [
        name,
        (payload, { job }) => task({ payload, isLastAttempt: job.attempts >= job.max_attempts }),
      ]),
    ),
  });
  const tell = (task: string, outcome: JobOutcome["outcome"]) => options.onJob?.({ task, outcome });
  runner.events.on("job:success", ({ job }) => tell(job.task_identifier, "succeeded"));
  runner.events.on("job:error", ({ job }) => tell(job.task_identifier, "errored"));
  runner.events.on("job:failed", ({ job }) => tell(job.task_identifier, "failed"));
  return { close: () => runner.stop() };
}

// The queue tells of every job at info; that is our debug.
const LEVELS = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;

const loggerOf = (log: Log): Logger =>
  new Logger(() => (level, message) => {
    log[LEVELS[level]]({ part: "queue" }, message);
  });
