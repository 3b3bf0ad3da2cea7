import { setTimeout as wait } from "node:timers/promises";
import { Logger, run, runMigrations, type Runner } from "graphile-worker";
import type { Log } from "@/lib/log/log";

export interface Job {
  payload: unknown;
  /** True when the queue will not try this job again if it fails now. */
  isLastAttempt: boolean;
}

/** Runs one job; it may run again after a crash, so it must be safe to repeat. Throwing means: try again later. */
export type Task = (job: Job) => Promise<void>;

/** How a job ended; `errored` will be tried again, `failed` was the last time. */
export interface JobOutcome {
  task: string;
  outcome: "succeeded" | "errored" | "failed";
}

export interface QueueOptions {
  url: string;
  tasks: Readonly<Record<string, Task>>;
  /** Crontab lines, `minute hour day month weekday task`, in UTC. */
  schedule?: readonly string[];
  concurrency: number;
  log: Log;
  onJob?: (outcome: JobOutcome) => void;
}

export interface Queue {
  /** Null while jobs are taken, else why not: for readyz. */
  waitsFor: () => string | null;
  /** Waits for the jobs under way, a few seconds at most, then gives the rest back. */
  close: () => Promise<void>;
}

const RETRY_MS = 2_000;

/** Makes or updates the queue's own schema (`graphile_worker`). Safe to call twice and from several processes. */
export async function migrateQueue(options: { url: string; log: Log }): Promise<void> {
  await runMigrations({ connectionString: options.url, logger: loggerOf(options.log), maxPoolSize: 2 });
}

/**
 * Runs jobs from PostgreSQL (graphile-worker) until closed. Several processes share one queue: a job is locked by its row, so
 * no two run it at once; after a crash it is given to another in some hours. Each due time of `schedule` runs once among all
 * processes.
 * States: starting (its schema is made or updated; tried again every 2 s while the database is away) → running → (stopped by
 * an error) → starting; closed is final.
 */
export function runQueue(options: QueueOptions): Queue {
  const stop = new AbortController();
  let runner: Runner | null = null;

  const keepRunning = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        runner = await startRunner(options);
        if (stop.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        options.log.error({ err: error }, "the queue does not run; starting it again");
      }
      runner = null;
      await wait(RETRY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };

  const running = keepRunning();
  return {
    waitsFor: () => (runner ? null : "the database, to take jobs from the queue"),
    close: async () => {
      stop.abort();
      await runner?.stop();
      await running;
    },
  };
}

async function startRunner(options: QueueOptions): Promise<Runner> {
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
  runner.events.on("job:error", ({ job }) => {
    if (job.attempts < job.max_attempts) tell(job.task_identifier, "errored");
  });
  runner.events.on("job:failed", ({ job }) => tell(job.task_identifier, "failed"));
  return runner;
}

// The queue tells of every job at info; that is our debug.
const LEVELS = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;

const loggerOf = (log: Log): Logger =>
  new Logger(() => (level, message) => {
    log[LEVELS[level]]({ part: "queue" }, message);
  });
