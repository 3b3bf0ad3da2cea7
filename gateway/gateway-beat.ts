import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Pool } from "pg";
import type { IssuerState } from "@/lib/access/schemas";
import { HOOK_SAMPLE_SECONDS, recordHookSamples, type HookSample } from "@/lib/cluster/hook-samples";
import { recordGateway, recordGatewayStop } from "@/lib/cluster/record-gateway";
import { GATEWAY_BEAT_MS } from "@/lib/cluster/terms";
import type { Log } from "@/lib/log/log";
import type { BufferStats } from "@/lib/presence/presence-buffer";
import type { HookRecorder } from "./hook-recorder";

export interface GatewayBeat {
  /** Says that it stops; settles when nothing of it runs any more. */
  close: () => Promise<void>;
}

const SAMPLE_MS = HOOK_SAMPLE_SECONDS * 1_000;
// A quarter of an hour without a database; then the oldest samples go, and the charts show the gap.
const MOST_TICKS = 90;

interface Tick {
  atMs: number;
  samples: HookSample[];
}

/**
 * Tells the database how the gateway is: its row every 2 s, and what it answered every 10 s on the clock's grid, so that several gateways'
 * samples fall into the same bins. Nothing of it is on a hook's path. While the database is away, samples wait, bounded.
 */
export function startGatewayBeat(parts: {
  pool: Pool;
  name: string;
  recorder: HookRecorder;
  stats: () => BufferStats;
  /** Microseconds of the database's clock. */
  nowUs: () => number;
  clockOffsetMs: () => number | null;
  issuers: () => IssuerState[];
  log: Log;
}): GatewayBeat {
  const { pool, name, log, recorder } = parts;
  const startedMs = performance.now();
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  const ticks: Tick[] = [];
  let sampledAtMs = gridMs(parts.nowUs());
  let isAway = false;
  let beating: Promise<void> | null = null;

  const takeTick = (): void => {
    const atMs = gridMs(parts.nowUs());
    if (atMs === sampledAtMs) return;
    // Dated by the beginning of what it covers.
    ticks.push({ atMs: sampledAtMs, samples: recorder.takeSamples() });
    sampledAtMs = atMs;
    if (ticks.length <= MOST_TICKS) return;
    ticks.shift();
    log.warn({ ticks: MOST_TICKS }, "samples of the hooks wait for the database; the oldest were dropped");
  };

  const beat = async (): Promise<void> => {
    const gatewayId = await recordGateway(pool, {
      name,
      upMs: performance.now() - startedMs,
      ...lagOf(parts.stats()),
      clockOffsetMs: parts.clockOffsetMs(),
      eventLoopLagMs: loopDelay.percentile(99) / 1e6,
      issuers: parts.issuers(),
    });
    loopDelay.reset();
    for (let tick = ticks[0]; tick; tick = ticks[0]) {
      await recordHookSamples(pool, { gatewayId, ...tick });
      ticks.shift();
    }
  };

  const turn = async (): Promise<void> => {
    try {
      await beat();
      isAway = false;
    } catch (error) {
      if (!isAway) log.warn({ err: error }, "the database does not take the gateway's beat; it is tried again");
      isAway = true;
    }
    beating = null;
  };

  const timer = setInterval(() => {
    takeTick();
    beating ??= turn();
  }, GATEWAY_BEAT_MS);
  beating = turn();
  return {
    close: async () => {
      clearInterval(timer);
      loopDelay.disable();
      await beating;
      await recordGatewayStop(pool, name).catch((error: unknown) =>
        log.warn({ err: error }, "the gateway's stop could not be recorded"),
      );
    },
  };
}

const gridMs = (nowUs: number): number => Math.floor(nowUs / 1_000 / SAMPLE_MS) * SAMPLE_MS;

const lagOf = ({ waiting, lagMs, dropped, droppedSessions }: BufferStats) => ({
  waiting,
  lagMs,
  droppedStates: dropped,
  droppedSessions,
});
