import { randomUUID } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { CHART_METRICS } from "@/lib/cluster/terms";
import { queryBins } from "@/lib/cluster/query-bins";
import { readSeries } from "@/lib/cluster/read-series";
import type { Database } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import type { Bench, Measurement } from "./bench";
import { NODES, openStoredYear, YEAR_END } from "./series/stored-year";
import { watchCost } from "./series/watch-cost";

const TARGET_MS = 50;
const TARGET_CORE_SHARE = 0.05;
// The widest chart of the console.
const PIXELS = 720;
const ROUNDS = 40;

interface Timed extends Measurement {
  p95Ms: number;
}

/** A day's chart of all nodes, the whole page's, and the same from raw samples in turns; then the worker's loops for a while. */
export const bench: Bench = {
  claim: `with a year of 20 nodes × 60 series stored, a 24 h chart of all nodes takes under ${TARGET_MS} ms at p95, and keeping them under ${TARGET_CORE_SHARE * 100} % of one core of the worker`,
  run: async () => {
    console.log(`  ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}`);
    const { db, close } = await openStoredYear();
    try {
      await sizes(db);
      const charts = await chartTimes(contextOf(db, YEAR_END));
      const { watch, withRules } = await watchCost(() => contextOf(db, new Date()));
      console.log(
        `  the worker's core share: ${percent(watch)} watching ${NODES} nodes, ${percent(withRules)} with the alert rules`,
      );
      return [...charts, { name: "seconds of watch a second of one core", perSecond: 1 / watch }];
    } finally {
      await close();
    }
  },
  result: ([raw, chart, , watch]: readonly Measurement[]) => {
    const p95Ms = (chart as Timed | undefined)?.p95Ms ?? Number.NaN;
    const coreShare = 1 / (watch?.perSecond ?? Number.NaN);
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

async function chartTimes(ctx: Context): Promise<Timed[]> {
  const from = new Date(YEAR_END.getTime() - 86_400_000);
  const nodeIds = Array.from({ length: NODES }, (_, index) => index + 1);
  const works = {
    raw: () => queryBins(ctx.db.pool, { metrics: ["connections"], nodeIds, from, to: YEAR_END, stepSeconds: 120 }),
    chart: () => readSeries(ctx, { metrics: ["connections"], from, to: YEAR_END, points: PIXELS }),
    page: () => readSeries(ctx, { metrics: [...CHART_METRICS], from, to: YEAR_END }),
  };
  const times: Record<keyof typeof works, number[]> = { raw: [], chart: [], page: [] };
  // The first rounds warm all up and are not counted.
  for (let round = -3; round < ROUNDS; round += 1)
    for (const name of ["raw", "chart", "page"] as const) {
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
  return [
    timed("24 h chart from raw samples", times.raw),
    timed(`24 h chart of ${PIXELS} pixels`, times.chart),
    timed(`24 h of the Cluster page, ${CHART_METRICS.length} charts`, times.page),
  ];
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

const contextOf = (db: Database, now: Date): Context => ({
  actor: processActor("bench"),
  db,
  log: createLog("bench", "silent"),
  now: () => now,
  requestId: randomUUID(),
  fromAddress: null,
});

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
