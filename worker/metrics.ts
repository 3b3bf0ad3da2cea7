import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { LOG_REQUEST_STATES } from "@/lib/events/schemas";
import type { JobOutcome } from "@/lib/queue/run-queue";

/** What the worker tells Prometheus: its jobs, and the funnel of log requests. */
export interface WorkerMetrics {
  registry: Registry;
  job: (outcome: JobOutcome) => void;
}

export function createWorkerMetrics(read: {
  /** Open log requests, and those that ended in the last 24 h, by state. */
  logRequests: () => Promise<Record<string, number>>;
}): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const jobs = new Counter({
    name: "worker_jobs_total",
    help: "Jobs of the queue by how they ended; errored ones are tried again",
    labelNames: ["task", "outcome"],
    registers: [registry],
  });
  const logRequests = new Gauge({
    name: "worker_log_requests",
    help: "Open log requests, and those that ended within 24 h, by state (all workers share them: do not sum)",
    labelNames: ["state"],
    registers: [],
    async collect() {
      // what cannot be read now is a missing sample, never the last one or zero
      this.reset();
      const counts = await read.logRequests().catch(() => null);
      if (counts) for (const state of LOG_REQUEST_STATES) this.set({ state }, counts[state] ?? 0);
    },
  });
  registry.registerMetric(logRequests);
  return { registry, job: ({ task, outcome }) => jobs.inc({ task, outcome }) };
}
