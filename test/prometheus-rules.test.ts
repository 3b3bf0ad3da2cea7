import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { createHookRecorder } from "@/gateway/hook-recorder";
import { createGatewayMetrics } from "@/gateway/metrics";
import { consoleMetrics } from "@/lib/http/metrics";
import { createPublisherMetrics } from "@/publisher/metrics";
import { createWorkerMetrics } from "@/worker/metrics";

const RULES = "deploy/prometheus/rules.yml";
const DASHBOARD = "deploy/grafana/liveconnect.json";
const PROMTOOL = "/usr/bin/promtool";

/** Names of what each process exports, as their own registries list them. */
async function exportedNames(): Promise<Set<string>> {
  const none = () => Promise.resolve([]);
  const idle = {
    waiting: 0,
    lagMs: 0,
    dropped: 0,
    droppedSessions: 0,
    batches: 0,
    written: 0,
    transitions: 0,
    writeMs: 0,
    lateAnswers: 0,
    failures: 0,
  };
  const worker = createWorkerMetrics({
    logRequests: () => Promise.resolve({}),
    drift: none,
    doubts: () => Promise.resolve({ clients: 0, oldestSeconds: 0 }),
    missingHooks: none,
    queueLag: () => Promise.resolve({ jobs: 0, oldestSeconds: 0 }),
    sealing: () => Promise.resolve({ waiting: { rows: 0, since: null }, last: null, verified: null }),
    now: () => 0,
  });
  const publisher = createPublisherMetrics({
    inFlight: () => 0,
    nodesUp: () => 0,
    outboxDepth: () => Promise.resolve({ messages: 0, oldestSeconds: 0 }),
    sendsLeft: () => Promise.resolve(0),
  });
  const texts = await Promise.all([
    worker.registry.metrics(),
    publisher.registry.metrics(),
    consoleMetrics().registry.metrics(),
    createGatewayMetrics({
      stats: () => idle,
      recorder: createHookRecorder(["n1"]),
      clockOffsetMs: () => 0,
      issuers: () => [],
      connectionRefusals: () => ({ address: 0, handshake: 0 }),
    }).text(),
  ]);
  const types = texts.join("\n").matchAll(/^# TYPE (\S+) (\S+)$/gm);
  return new Set(
    [...types].flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_count`, `${name}_sum`, `${name}_bucket`] : [name],
    ),
  );
}

const inRules = (): string[] =>
  [...readFileSync(RULES, "utf8").matchAll(/^\s+expr: (.*)$/gm)].map(([, expression = ""]) => expression);

const dashboard = z.object({
  panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).default([]) })),
});
const inDashboard = (): string[] =>
  dashboard
    .parse(JSON.parse(readFileSync(DASHBOARD, "utf8")))
    .panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

test.each([
  ["Prometheus rules", inRules],
  ["Grafana dashboard", inDashboard],
])("the shipped %s name only metrics that our processes export", async (_, read) => {
  const named = read().flatMap((expression) =>
    [...expression.replaceAll(/\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)/g, " ").matchAll(/\b[a-z][a-z0-9_]+\b(?!\s*\()/g)].map(
      ([name]) => name,
    ),
  );
  const exported = await exportedNames();
  expect(named.length).toBeGreaterThan(5);
  // `up` is Prometheus's own.
  expect(named.filter((name) => !exported.has(name) && name !== "up")).toEqual([]);
});

test.skipIf(!existsSync(PROMTOOL))("Prometheus accepts the shipped rules", async () => {
  const { stdout } = await promisify(execFile)(PROMTOOL, ["check", "rules", RULES]);
  expect(stdout).toContain("SUCCESS");
});
