import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { LOG_REQUEST_STATES } from "@/lib/events/schemas";
import type { NodeDrift } from "@/lib/presence/read-drift";
import type { JobOutcome } from "@/lib/queue/run-queue";

/** What the worker tells Prometheus: its jobs, the funnel of log requests, and presence's drift. */
export interface WorkerMetrics {
  registry: Registry;
  job: (outcome: JobOutcome) => void;
}

export function createWorkerMetrics(read: {
  /** Open log requests, and those that ended in the last 24 h, by state. */
  logRequests: () => Promise<Record<string, number>>;
  drift: () => Promise<NodeDrift[]>;
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
  registry.registerMetric(driftGauge(read.drift));
  return { registry, job: ({ task, outcome }) => jobs.inc({ task, outcome }) };
}

const driftGauge = (read: () => Promise<NodeDrift[]>): Gauge =>
  new Gauge({
    name: "worker_presence_drift_per_10000",
    help: "Differences confirmed by the broker per 10 000 sessions, by each node's latest complete sweep (shared: do not sum)",
    labelNames: ["node"],
    registers: [],
    async collect() {
      this.reset();
      for (const { node, driftPer10000 } of (await read().catch(() => null)) ?? [])
        if (driftPer10000 !== null) this.set({ node }, driftPer10000);
    },
  });
