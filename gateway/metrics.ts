import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { TOKEN_OUTCOMES, type IssuerState } from "@/lib/access/schemas";
import type { BufferStats } from "@/lib/presence/presence-buffer";
import type { ConnectionRefusals } from "./connection-refusals";
import type { HookRecorder } from "./hook-recorder";

/** What the gateway tells Prometheus: every hook by node and outcome, refusals by reason, and how far presence is behind. */
export interface GatewayMetrics {
  contentType: string;
  /** The text to answer a scrape with. */
  text: () => Promise<string>;
}

export function createGatewayMetrics(parts: {
  stats: () => BufferStats;
  recorder: HookRecorder;
  clockOffsetMs: () => number | null;
  issuers: () => IssuerState[];
  connectionRefusals: ConnectionRefusals["counts"];
}): GatewayMetrics {
  const registry = new Registry();
  // Brings event-loop lag, memory and processor time.
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: (now: BufferStats) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(parts.stats()));
      },
    });
  gauge("liveconnect_presence_waiting", "Clients whose newest state is not committed", (now) => now.waiting);
  gauge("liveconnect_presence_lag_seconds", "Age of the oldest state not committed", (now) => now.lagMs / 1_000);
  gauge(
    "liveconnect_presence_dropped",
    "States and sign-ins given up because a bound was reached",
    (now) => now.dropped,
  );
  gauge(
    "liveconnect_presence_sessions_dropped",
    "Finished sessions left out of the history",
    (now) => now.droppedSessions,
  );
  gauge("liveconnect_presence_batches", "Batches written", (now) => now.batches);
  gauge(
    "liveconnect_presence_clients_written",
    "Clients in those batches: by batches, their size",
    (now) => now.written,
  );
  gauge("liveconnect_presence_transitions", "States that changed in the store", (now) => now.transitions);
  gauge("liveconnect_presence_write_seconds", "Time spent in writing batches", (now) => now.writeMs / 1_000);
  gauge("liveconnect_presence_late_answers", "Hooks answered before their commit", (now) => now.lateAnswers);
  gauge("liveconnect_presence_write_failures", "Batches that failed and were written again", (now) => now.failures);
  gauge(
    "liveconnect_clock_offset_seconds",
    "The database's clock against this machine's",
    () => (parts.clockOffsetMs() ?? 0) / 1_000,
  );
  registry.registerMetric(
    new Gauge({
      name: "liveconnect_issuer_away",
      help: "1 while an issuer of tokens does not answer: known tokens go on, new ones are refused",
      labelNames: ["issuer"],
      registers: [],
      collect() {
        for (const { name, awaySinceMs } of parts.issuers()) this.set({ issuer: name }, awaySinceMs === null ? 0 : 1);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "liveconnect_issuer_tokens",
      help: "Tokens judged since the start: known from before, verified, believed while the issuer was away (stale), refused",
      labelNames: ["issuer", "outcome"],
      registers: [],
      collect() {
        for (const { name, outcomes } of parts.issuers())
          for (const outcome of TOKEN_OUTCOMES) this.set({ issuer: name, outcome }, outcomes[outcome]);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "liveconnect_hook_connections_refused",
      help: "Connections the hooks' own listener ended since the start: of an address not allowed, or without TLS or a certificate as it should be",
      labelNames: ["reason"],
      registers: [],
      collect() {
        for (const [reason, count] of Object.entries(parts.connectionRefusals())) this.set({ reason }, count);
      },
    }),
  );
  return {
    contentType: registry.contentType,
    text: async () => `${await registry.metrics()}\n${parts.recorder.metricsText()}`,
  };
}
