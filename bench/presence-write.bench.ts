import { cpus, loadavg } from "node:os";
import type { Pool } from "pg";
import { openPool } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { createPresenceBuffer } from "@/lib/presence/presence-buffer";
import { WRITE_SETTINGS, writePresence } from "@/lib/presence/write-presence";
import { REQUEST_NODE_ARGUMENTS } from "@/stack/node-arguments";
import type { Bench, Measurement } from "./bench";
import { quantile } from "./gateway/raw-load";
import { median } from "./percentile";
import { describeTables, openHotTables } from "./presence/hot-tables";
import { writeRow } from "./presence/row-by-row";
import { createFleet, type Fleet } from "./presence/transitions";

const CLIENTS = 10_000_000;
const ROUNDS = 3;
const SECONDS = 5;
const BATCH = 5_000;
const ROW_CONNECTIONS = 16;
const OPEN_LOOP_PER_SECOND = 10_000;
const OPEN_LOOP_ROUNDS = 5;
const OPEN_LOOP_SECONDS = 4;
const TARGET = { perSecond: 35_000, ratio: 3.5, p99Ms: 10 };

let openLoop = { p50Ms: Number.NaN, p99Ms: Number.NaN, perSecond: Number.NaN };
let walBytes = Number.NaN;

/** Closed loop in turns: whole batches on one connection, and the same changes one a transaction over sixteen; then an open loop. */
export const bench: Bench = {
  claim: `at ${CLIENTS} known clients the whole statement writes ${TARGET.perSecond} transitions/s, or ${TARGET.ratio} × as many as one row a transaction`,
  nodeArguments: REQUEST_NODE_ARGUMENTS,
  run: async (args) => {
    const at = args.indexOf("--clients");
    const clients = at < 0 ? CLIENTS : Number(args[at + 1]);
    const postgres = await openHotTables(clients);
    // As a gateway's connection for writing (gateway/gateway.ts).
    const open = (writer: string): Pool =>
      openPool({
        url: postgres.url,
        connections: 1,
        applicationName: "bench",
        settings: { ...WRITE_SETTINGS, "liveconnect.writer": writer },
      });
    const batches = open("batches");
    // Each with counters of its own, or they would wait for one another's commits.
    const rows = Array.from({ length: ROW_CONNECTIONS }, (_, n) => open(`rows-${n}`));
    try {
      console.log(
        `  ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}; ${await describeTables(batches)}`,
      );
      const fleet = createFleet(clients);
      const rates: { row: number[]; batch: number[]; wal: number[] } = { row: [], batch: [], wal: [] };
      // The first round warms plans and pages up and is not counted.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const row = await rowRate(rows, fleet);
        const batch = await batchRate(batches, fleet);
        console.log(
          `  round ${round}: ${row.toFixed(0)} rows/s, ${batch.perSecond.toFixed(0)} in batches/s, ${batch.walBytes.toFixed(0)} B of WAL each`,
        );
        if (round === 0) continue;
        rates.row.push(row);
        rates.batch.push(batch.perSecond);
        rates.wal.push(batch.walBytes);
      }
      walBytes = Math.round(median(rates.wal));
      openLoop = await openLoopInRounds(batches, fleet);
      await checkCounters(batches);
      return [
        { name: "one row a transaction, prepared", perSecond: median(rates.row) },
        { name: `the whole statement, ${BATCH} a batch`, perSecond: median(rates.batch) },
        { name: `open loop at ${OPEN_LOOP_PER_SECOND}/s, as answered`, perSecond: openLoop.perSecond },
      ];
    } finally {
      await Promise.all([batches, ...rows].map((pool) => pool.end()));
      await postgres.stop();
    }
  },
  result: ([row, batch]: readonly Measurement[]) => {
    const ratio = (batch?.perSecond ?? 0) / (row?.perSecond ?? Number.NaN);
    return {
      bench: "presence-write",
      value: Math.round(batch?.perSecond ?? 0),
      unit: "transitions/s",
      ratio: Number(ratio.toFixed(2)),
      ratioTo: `one row a transaction over ${ROW_CONNECTIONS} prepared connections`,
      target: TARGET.ratio,
      openLoopP50Ms: Number(openLoop.p50Ms.toFixed(1)),
      openLoopP99Ms: Number(openLoop.p99Ms.toFixed(1)),
      openLoopTargetMs: TARGET.p99Ms,
      walBytesPerTransition: walBytes,
      pass: ((batch?.perSecond ?? 0) >= TARGET.perSecond || ratio >= TARGET.ratio) && openLoop.p99Ms < TARGET.p99Ms,
    };
  },
};

async function rowRate(pools: readonly Pool[], fleet: Fleet): Promise<number> {
  let written = 0;
  const startedAt = performance.now();
  const isOver = (): boolean => performance.now() - startedAt > SECONDS * 1_000;
  const work = async (pool: Pool): Promise<void> => {
    while (!isOver()) {
      await writeRow(pool, fleet.next());
      written += 1;
    }
  };
  await Promise.all(pools.map(work));
  return (written * 1_000) / (performance.now() - startedAt);
}

/** Keys, sorting and parameters count; making up what the fleet does next does not. */
async function batchRate(pool: Pool, fleet: Fleet): Promise<{ perSecond: number; walBytes: number }> {
  const before = await walPosition(pool);
  let written = 0;
  let elapsedMs = 0;
  while (elapsedMs < SECONDS * 1_000) {
    const batch = fleet.batch(BATCH);
    const startedAt = performance.now();
    written += await writePresence(pool, batch);
    elapsedMs += performance.now() - startedAt;
  }
  const { rows } = await pool.query<{ bytes: number }>(
    "select pg_wal_lsn_diff(pg_current_wal_lsn(), $1)::bigint as bytes",
    [before],
  );
  return { perSecond: (written * 1_000) / elapsedMs, walBytes: (rows[0]?.bytes ?? Number.NaN) / written };
}

async function walPosition(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ at: string }>("select pg_current_wal_lsn()::text as at");
  return rows[0]?.at ?? "0/0";
}

/** The middle round's figures: on a shared machine one stall of somebody else's is a whole round's p99. */
async function openLoopInRounds(pool: Pool, fleet: Fleet): Promise<typeof openLoop> {
  const rounds: (typeof openLoop)[] = [];
  for (let round = 1; round <= OPEN_LOOP_ROUNDS; round += 1) {
    const one = await runOpenLoop(pool, fleet);
    console.log(`  open loop ${round}: p50 ${one.p50Ms.toFixed(1)} ms, p99 ${one.p99Ms.toFixed(1)} ms`);
    rounds.push(one);
  }
  const middle = (of: keyof typeof openLoop): number => median(rounds.map((round) => round[of]));
  return { p50Ms: middle("p50Ms"), p99Ms: middle("p99Ms"), perSecond: middle("perSecond") };
}

/** Hooks come evenly, whatever the store does; how long each waits for its commit in the gateway's own buffer. */
async function runOpenLoop(pool: Pool, fleet: Fleet): Promise<typeof openLoop> {
  const buffer = createPresenceBuffer({
    log: createLog("bench", "error"),
    nowMs: () => performance.now(),
    write: ({ clients }) => writePresence(pool, clients),
    answerWithinMs: 60_000,
  });
  const total = OPEN_LOOP_PER_SECOND * OPEN_LOOP_SECONDS;
  const latenciesMs = new Float64Array(total);
  const startedAt = performance.now();
  let answered = 0;
  // Not a list of their promises: what lives that long is copied by the collector, in pauses that a gateway does not have.
  let end = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * OPEN_LOOP_PER_SECOND));
    for (; sent < due; sent += 1) {
      const place = sent;
      void buffer.record(fleet.next()).finally(() => {
        // From when it should have come, so that a stall is not left out of the figures.
        latenciesMs[place] = performance.now() - startedAt - (place * 1_000) / OPEN_LOOP_PER_SECOND;
        answered += 1;
        if (answered === total) end();
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await all;
  const perSecond = (answered * 1_000) / (performance.now() - startedAt);
  return { p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99), perSecond };
}

/** After all of it, by several connections: the counters are what counting the rows gives. */
async function checkCounters(pool: Pool): Promise<void> {
  await pool.query("set statement_timeout = 0");
  const { rows } = await pool.query<{ wrong: number }>(
    "select sum(recount_presence(node_id))::bigint as wrong from broker_nodes",
  );
  console.log(`  counters that a recount of all rows found wrong: ${rows[0]?.wrong}`);
  if (rows[0]?.wrong !== 0) throw new Error("the counters are not exact");
}
