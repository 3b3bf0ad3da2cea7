import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parsePrometheusText } from "@/lib/broker/prometheus-text";
import { seriesValues } from "@/lib/broker/vernemq-series";
import { keepPartitions } from "@/lib/cluster/keep-partitions";
import { queryBins } from "@/lib/cluster/query-bins";
import { readSeries } from "@/lib/cluster/read-series";
import { recordSamples } from "@/lib/cluster/record-samples";
import { rollUpMinutes } from "@/lib/cluster/roll-up";
import { SAMPLE_SECONDS } from "@/lib/cluster/schemas";
import type { Database } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import type { Bench, Measurement } from "./bench";
import { NODES, openStoredYear, YEAR_END } from "./series/stored-year";

const TARGET_MS = 50;
const TARGET_CORE_SHARE = 0.05;
// The widest chart of the console.
const PIXELS = 720;
const ROUNDS = 40;
// A minute of ticks; the minutes are rolled up every second one, as the worker does every ten seconds.
const TICKS = 12;

interface Timed extends Measurement {
  p95Ms: number;
}

/** A day's chart of all nodes from the roll-ups and from raw samples in turns, then a minute of the worker's ticks. */
export const bench: Bench = {
  claim: `with a year of 20 nodes × 60 series stored, a 24 h chart of all nodes takes under ${TARGET_MS} ms at p95, and keeping them under ${TARGET_CORE_SHARE * 100} % of one core of the worker`,
  run: async () => {
    console.log(`  ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}`);
    const { db, close } = await openStoredYear();
    try {
      await sizes(db);
      const charts = await chartTimes(db);
      return [...charts, await tickCost(db)];
    } finally {
      await close();
    }
  },
  result: ([raw, chart, tick]: readonly Measurement[]) => {
    const p95Ms = (chart as Timed | undefined)?.p95Ms ?? Number.NaN;
    // Ticks a second of one core's time, against the one every five seconds.
    const coreShare = 1 / SAMPLE_SECONDS / (tick?.perSecond ?? Number.NaN);
    return {
      bench: "series",
      value: Number(p95Ms.toFixed(1)),
      unit: "ms at p95",
      ratio: Number(((chart?.perSecond ?? 0) / (raw?.perSecond ?? Number.NaN)).toFixed(2)),
      ratioTo: "the same chart from raw samples",
      target: TARGET_MS,
      workerCoreShare: Number(coreShare.toFixed(4)),
      workerCoreShareTarget: TARGET_CORE_SHARE,
      pass: p95Ms < TARGET_MS && coreShare < TARGET_CORE_SHARE,
    };
  },
};

async function chartTimes(db: Database): Promise<Timed[]> {
  const from = new Date(YEAR_END.getTime() - 86_400_000);
  const ctx: Context = {
    actor: processActor("bench"),
    db,
    log: createLog("bench", "silent"),
    now: () => YEAR_END,
    requestId: randomUUID(),
    fromAddress: null,
  };
  const nodeIds = Array.from({ length: NODES }, (_, index) => index + 1);
  const works = {
    raw: () => queryBins(db.pool, { metrics: ["connections"], nodeIds, from, to: YEAR_END, stepSeconds: 120 }),
    chart: () => readSeries(ctx, { metrics: ["connections"], from, to: YEAR_END, points: PIXELS }),
  };
  const times: Record<keyof typeof works, number[]> = { raw: [], chart: [] };
  // The first rounds warm both up and are not counted.
  for (let round = -3; round < ROUNDS; round += 1)
    for (const name of ["raw", "chart"] as const) {
      const began = performance.now();
      await works[name]();
      if (round >= 0) times[name].push(performance.now() - began);
    }
  const timed = (name: string, ms: readonly number[]): Timed => {
    const p95Ms = quantile(ms, 0.95);
    const best = Math.min(...ms).toFixed(1);
    console.log(`  ${name}: best ${best} ms, p50 ${quantile(ms, 0.5).toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms`);
    return { name, perSecond: 1_000 / quantile(ms, 0.5), p95Ms };
  };
  return [timed("24 h chart from raw samples", times.raw), timed("24 h chart as the console reads it", times.chart)];
}

/** CPU time of this process, which does what the worker does: reads twenty nodes' metrics, writes, rolls up. */
async function tickCost(db: Database): Promise<Measurement> {
  const text = readFileSync(new URL("../test/fixtures/vernemq/metrics/traffic.txt", import.meta.url), "utf8");
  await keepPartitions(db.pool, { table: "series_samples", column: "at", keepHours: 24_000 }, YEAR_END);
  await keepPartitions(db.pool, { table: "series_minutes", column: "at", keepHours: 24_000 }, YEAR_END);
  const tick = async (turn: number): Promise<void> => {
    const at = new Date(YEAR_END.getTime() + turn * SAMPLE_SECONDS * 1_000);
    const rows = Array.from({ length: NODES }, (_, index) => {
      const { samples } = parsePrometheusText(text);
      const own = samples.map((sample) => ({ ...sample, name: sample.name.slice("vernemq_".length) }));
      return { nodeId: index + 1, at, values: seriesValues(own) };
    });
    await recordSamples(db, rows, at);
    if (turn % 2 === 1) await rollUpMinutes(db.pool);
  };
  await tick(TICKS);
  const before = process.cpuUsage();
  for (let turn = 0; turn < TICKS; turn += 1) await tick(turn);
  const used = process.cpuUsage(before);
  const cpuMs = (used.user + used.system) / 1_000 / TICKS;
  console.log(
    `  a tick of ${NODES} nodes: ${cpuMs.toFixed(1)} ms of CPU in the worker, every ${SAMPLE_SECONDS} s (scraping by HTTP not counted)`,
  );
  await db.pool.query("delete from series_samples where at >= $1", [YEAR_END]);
  await db.pool.query("delete from series_minutes where at >= $1", [YEAR_END]);
  await db.pool.query("delete from series_due");
  return { name: "ticks a second of one core", perSecond: 1_000 / cpuMs };
}

async function sizes(db: Database): Promise<void> {
  for (const [table, days] of [
    ["series_samples", 2],
    ["series_minutes", 30],
    ["series_hours", 365],
  ] as const) {
    const { rows } = await db.pool.query<{ bytes: number }>(
      `select sum(pg_total_relation_size(inhrelid))::bigint as bytes from pg_inherits where inhparent = $1::regclass`,
      [table],
    );
    const bytes = Number(rows[0]?.bytes ?? 0);
    console.log(
      `  ${table}: ${(bytes / 1e6).toFixed(0)} MB for ${days} days of ${NODES} nodes, ${(bytes / days / NODES / 1e6).toFixed(3)} MB a node and day`,
    );
  }
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
