import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { SealingState } from "@/lib/audit/read-sealing";
import { LOG_REQUEST_STATES } from "@/lib/events/schemas";
import type { DoubtsWaiting } from "@/lib/presence/count-doubts";
import type { NodeDrift } from "@/lib/presence/read-drift";
import type { QueueLag } from "@/lib/queue/read-queue-lag";
import type { JobOutcome } from "@/lib/queue/run-queue";
import type { OnScrape } from "./cluster-node";

/** What the worker tells Prometheus: scrapes of the nodes, its jobs and queue, the funnel of log requests, doubts and drift. */
export interface WorkerMetrics {
  registry: Registry;
  job: (outcome: JobOutcome) => void;
  scrape: OnScrape;
}

export interface WorkerReadings {
  /** Open log requests, and those that ended in the last 24 h, by state. */
  logRequests: () => Promise<Record<string, number>>;
  drift: () => Promise<NodeDrift[]>;
  doubts: () => Promise<DoubtsWaiting>;
  missingHooks: () => Promise<{ node: string; hook: string }[]>;
  queueLag: () => Promise<QueueLag>;
  sealing: () => Promise<SealingState>;
  now: () => number;
}

const SHARED = "(all workers share them: do not sum)";

export function createWorkerMetrics(read: WorkerReadings): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const jobs = new Counter({
    name: "worker_jobs_total",
    help: "Jobs of the queue by how they ended; errored ones are tried again",
    labelNames: ["task", "outcome"],
    registers,
  });
  const scrapes = new Histogram({
    name: "worker_scrape_seconds",
    help: "Time to read a broker node's metrics, by how it went: ok, or what was wrong with the answer",
    labelNames: ["node", "outcome"],
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  });
  sharedGauges(registry, read);
  return {
    registry,
    job: ({ task, outcome }) => jobs.inc({ task, outcome }),
    scrape: ({ node, fault, seconds }) => scrapes.observe({ node, outcome: fault ?? "ok" }, seconds),
  };
}

/** What is read from the database as it is asked for. */
function sharedGauges(registry: Registry, read: WorkerReadings): void {
  const gauge = <L extends string>(
    { name, help, labels }: { name: string; help: string; labels: readonly L[] },
    values: () => Promise<readonly { labels: Record<L, string>; value: number }[]>,
  ): Gauge =>
    new Gauge({
      name,
      help: `${help} ${SHARED}`,
      labelNames: labels,
      registers: [registry],
      async collect() {
        // what cannot be read now is a missing sample, never the last one or zero
        this.reset();
        // prom-client puts a zero where there are no labels
        if (labels.length === 0) this.remove();
        for (const each of (await values().catch(() => null)) ?? []) this.set(each.labels, each.value);
      },
    });
  const one = (value: number) => [{ labels: {}, value }];

  const states = { name: "worker_log_requests", labels: ["state"] } as const;
  gauge({ ...states, help: "Open log requests, and those that ended within 24 h, by state" }, async () => {
    const counts = await read.logRequests();
    return LOG_REQUEST_STATES.map((state) => ({ labels: { state }, value: counts[state] ?? 0 }));
  });
  const drift = { name: "worker_presence_drift_per_10000", labels: ["node"] } as const;
  gauge(
    { ...drift, help: "Differences confirmed by the broker per 10 000 sessions, by each node's latest complete sweep" },
    async () =>
      (await read.drift()).flatMap(({ node, driftPer10000 }) =>
        driftPer10000 === null ? [] : [{ labels: { node }, value: driftPer10000 }],
      ),
  );
  const swept = { name: "worker_presence_sweep_age_seconds", labels: ["node"] } as const;
  gauge({ ...swept, help: "Since each node's latest complete sweep began" }, async () =>
    (await read.drift()).map(({ node, sweptAt }) => ({
      labels: { node },
      value: (read.now() - Date.parse(sweptAt)) / 1_000,
    })),
  );
  const missing = { name: "worker_node_hook_missing", labels: ["node", "hook"] } as const;
  gauge({ ...missing, help: "1 for each hook a node does not send though it should" }, async () =>
    (await read.missingHooks()).map((labels) => ({ labels, value: 1 })),
  );
  const doubts = { name: "worker_presence_doubts", labels: [] } as const;
  gauge({ ...doubts, help: "Clients whose state is in doubt" }, async () => one((await read.doubts()).clients));
  const oldestDoubt = { name: "worker_presence_doubt_oldest_seconds", labels: [] } as const;
  gauge({ ...oldestDoubt, help: "Age of the oldest doubt" }, async () => one((await read.doubts()).oldestSeconds));
  const waiting = { name: "worker_queue_jobs", labels: [] } as const;
  gauge({ ...waiting, help: "Jobs that could run now and wait" }, async () => one((await read.queueLag()).jobs));
  const lag = { name: "worker_queue_lag_seconds", labels: [] } as const;
  gauge({ ...lag, help: "How long the oldest job that could run has waited" }, async () =>
    one((await read.queueLag()).oldestSeconds),
  );
  const unsealed = { name: "worker_audit_unsealed_oldest_seconds", labels: [] } as const;
  gauge({ ...unsealed, help: "How long the oldest audit row has waited for its seal" }, async () => {
    const { since } = (await read.sealing()).waiting;
    return one(since === null ? 0 : (read.now() - Date.parse(since)) / 1_000);
  });
  const breaks = { name: "worker_audit_breaks", labels: [] } as const;
  gauge({ ...breaks, help: "Places where the last verification found the audit record not as sealed" }, async () =>
    verifiedOnly(await read.sealing(), ({ breaks: found }) => found.length),
  );
  const verified = { name: "worker_audit_verified_age_seconds", labels: [] } as const;
  gauge({ ...verified, help: "Since the audit record was last verified" }, async () =>
    verifiedOnly(await read.sealing(), ({ at }) => (read.now() - Date.parse(at)) / 1_000),
  );
}

/** No sample before the first verification. */
const verifiedOnly = ({ verified }: SealingState, value: (found: NonNullable<SealingState["verified"]>) => number) =>
  verified ? [{ labels: {}, value: value(verified) }] : [];
