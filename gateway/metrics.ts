import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BufferStats } from "@/lib/presence/presence-buffer";

/** What the gateway tells Prometheus: RED of every hook by node, refusals by reason, and how far presence is behind. */
export interface GatewayMetrics {
  registry: Registry;
  hook: (labels: { hook: string; node: string; outcome: "ok" | "denied" | "error" }, seconds: number) => void;
  refusal: (reason: string) => void;
}

export function createGatewayMetrics(stats: () => BufferStats): GatewayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const hooks = new Histogram({
    name: "liveconnect_hook_seconds",
    help: "Time to answer a webhook of the broker",
    labelNames: ["hook", "node", "outcome"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  const refusals = new Counter({
    name: "liveconnect_connects_refused_total",
    help: "Connects of devices refused, by reason",
    labelNames: ["reason"],
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: (now: BufferStats) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(stats()));
      },
    });
  gauge("liveconnect_presence_waiting", "Clients whose newest state is not committed", (now) => now.waiting);
  gauge("liveconnect_presence_lag_seconds", "Age of the oldest state not committed", (now) => now.lagMs / 1_000);
  gauge("liveconnect_presence_dropped", "States dropped because the bound was reached", (now) => now.dropped);
  gauge("liveconnect_presence_batches", "Batches written", (now) => now.batches);
  gauge("liveconnect_presence_write_failures", "Batches that failed and were written again", (now) => now.failures);
  return {
    registry,
    hook: (labels, seconds) => hooks.observe(labels, seconds),
    refusal: (reason) => refusals.inc({ reason }),
  };
}
