import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { median } from "@/bench/percentile";
import { readSeries } from "@/lib/cluster/read-series";
import { rollUpMinutes } from "@/lib/cluster/roll-up";
import type { Series, SeriesMetric } from "@/lib/cluster/schemas";
import { createLog } from "@/lib/log/log";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { startPrometheus, whyNoPrometheus } from "@/test/prometheus";
import { startClusterWatch, type ClusterWatch } from "./cluster-watch";

const { db } = await testDatabase();
const ctx = testContext(db, { role: "oncall" });
const PUBLISHES_PER_SECOND = 40;
const LOAD_MS = 22_000;
const CLIENTS = 12;
let broker: TestCluster;
let watch: ClusterWatch;
let prometheus: { url: string; close: () => Promise<void> } | null = null;
const noPrometheus = await whyNoPrometheus();
const load = { beganMs: 0, endedMs: 0, sent: 0 };

beforeAll(async () => {
  broker = await startTestCluster({ nodes: 1 });
  const { httpPort } = broker.node("n1");
  if (noPrometheus === null) prometheus = await startPrometheus({ targets: [`127.0.0.1:${httpPort}`], user: API_KEY });
  const nodes = [{ name: "n1", role: "subscriber" as const, adminUrl: `http://127.0.0.1:${httpPort}` }];
  const periods = { sampleMs: 1_000, lookMs: 200 };
  watch = startClusterWatch({ nodes, brokerApiKey: API_KEY, db, log: createLog("test", "silent"), periods });
  await sampled(3);
  await publishAlong(await connectAll());
}, 60_000);

afterAll(async () => {
  await watch.close();
  await prometheus?.close();
  await broker.close();
});

const sampled = (count: number) =>
  vi.waitFor(
    async () => {
      const { rows } = await db.pool.query<{ n: number }>("select count(*)::int as n from series_samples");
      expect(rows[0]?.n).toBeGreaterThanOrEqual(count);
    },
    { timeout: 15_000, interval: 50 },
  );

const connectAll = () =>
  Promise.all(Array.from({ length: CLIENTS }, (_, i) => broker.connect("n1", { clientId: `truth-${i}` })));

/** Publishes by the clock, so that a late timer sends what is due instead of falling behind. */
async function publishAlong(clients: readonly { publish: (topic: string, payload: string) => unknown }[]) {
  load.beganMs = Date.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = Date.now() - load.beganMs;
      while (load.sent < (elapsedMs / 1_000) * PUBLISHES_PER_SECOND) {
        clients[load.sent % CLIENTS]?.publish("truth/load", "x");
        load.sent += 1;
      }
      if (elapsedMs < LOAD_MS) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  load.endedMs = Date.now();
  // The sample after the last message.
  const { rows } = await db.pool.query<{ n: number }>("select count(*)::int as n from series_samples");
  await sampled((rows[0]?.n ?? 0) + 2);
}

/** Of the load's middle, in bins of five seconds that lie wholly in it. */
const readMiddle = (metric: SeriesMetric): Promise<Series> => {
  const step = 5_000;
  const from = Math.ceil((load.beganMs + 1_000) / step) * step;
  const to = Math.floor((load.endedMs - 500) / step) * step;
  return readSeries(ctx, { metrics: [metric], from: new Date(from), to: new Date(to), points: 10 });
};
const meanOf = (series: Series): number => {
  const values = series.lines[0]?.values ?? [];
  expect(values.length).toBeGreaterThanOrEqual(3);
  return values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / values.length;
};
const middleOf = (series: Series): number =>
  median((series.lines[0]?.values ?? []).map((value) => value ?? Number.NaN));
const isWithin = (value: number, truth: number, share: number): void =>
  expect(Math.abs(value - truth) / truth, `${value} is not ${truth}`).toBeLessThan(share);

describe("charts against the truth of a scripted load", () => {
  it("shows the rate of publishes within 2 %", async () => {
    isWithin(meanOf(await readMiddle("publishes_received")), PUBLISHES_PER_SECOND, 0.02);
  });

  it("counts every message and connect over the whole load, from samples and from minutes alike", async () => {
    const whole = { from: new Date(load.beganMs - 60_000), to: new Date(Date.now() + 60_000) };
    while ((await rollUpMinutes(db.pool)) > 0);
    const { rows } = await db.pool.query<{ sent: number; connects: number }>(
      `select sum(average[23] * seconds) as sent, sum(average[12] * seconds) as connects from series_minutes where at >= $1`,
      [new Date(load.beganMs - 120_000)],
    );
    isWithin(rows[0]?.sent ?? 0, load.sent, 0.001);
    isWithin(rows[0]?.connects ?? 0, CLIENTS, 0.001);
    const series = await readSeries(ctx, { metrics: ["connections"], ...whole, points: 720, detail: "extremes" });
    expect(Math.max(...(series.lines[0]?.highs ?? []).map((high) => high ?? 0))).toBe(CLIENTS);
  });

  it("shows the same from a Prometheus that scrapes the broker itself", async (test) => {
    if (!prometheus) return test.skip(noPrometheus ?? "no Prometheus");
    vi.stubEnv("PROMETHEUS_URL", prometheus.url);
    vi.stubEnv("PROMETHEUS_RANGES", "all");
    vi.stubEnv("PROMETHEUS_SCRAPE_SECONDS", "1");
    try {
      const series = await readMiddle("publishes_received");
      expect(series.history).toEqual({ kind: "prometheus" });
      // Prometheus guesses at the edges of a bin: a scrape that came too late on a busy machine makes that one bin too low.
      isWithin(middleOf(series), PUBLISHES_PER_SECOND, 0.05);
      expect(meanOf(await readMiddle("connections"))).toBe(CLIENTS);
      expect(meanOf(await readMiddle("connects_refused"))).toBe(0);
      expect(series.gaps).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("says that the Prometheus does not answer, instead of drawing nothing", async () => {
    vi.stubEnv("PROMETHEUS_URL", "http://127.0.0.1:1");
    vi.stubEnv("PROMETHEUS_RANGES", "all");
    try {
      await expect(readMiddle("connections")).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("PROMETHEUS_URL"),
      });
      // Ranges within what is kept do not need it.
      vi.stubEnv("PROMETHEUS_RANGES", "beyond");
      expect((await readMiddle("connections")).history.kind).toBe("own");
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
