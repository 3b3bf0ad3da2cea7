import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { SessionLock } from "@/lib/db/session-lock";
import type { Log } from "@/lib/log/log";
import type { AcceptedBatch } from "../accept-messages";
import { createBell } from "../bell";
import { createSendPages, MOST_WAITING, readRunning, type RunningSend } from "./send-pages";
import { lapseSends, settleSends, tellSends } from "./settle-sends";

export interface SendRunner {
  /** A send was made, or has another state: look now. */
  wake: () => void;
  close: () => Promise<void>;
}

interface RunnerOptions {
  pool: Pool;
  /** Names this publisher in what it accepts. */
  by: string;
  /** Held by the one publisher that carries out sends. */
  lock: SessionLock;
  /** Runs a statement that puts messages into the outbox. */
  commit: (work: () => Promise<AcceptedBatch>) => Promise<AcceptedBatch>;
  log: Log;
  nowMs: () => number;
}

/** The advisory lock of the publisher that carries out sends. Any number, one for all. */
export const SENDS_LOCK = 5_130_441;

// How late a lost notification or a lapsed approval is noticed, and how often progress is counted and told.
const TICK_MS = 1_000;
// Between two pages of a send that waits for its rate: at 2 000 a second 100 messages.
const PAGE_EVERY_MS = 50;
// One statement of the outbox (message-acceptor.ts).
const MOST_A_PAGE = 256;
const MOST_PAGE_BYTES = 4_000_000;

/**
 * Carries out sends to many clients. A send is running → walked (every client that fits was looked at) → finished (nothing on its way);
 * paused and cancelled by who may, failed at the number of clients it may reach. One publisher among all does this; it takes pages of
 * messages into the outbox, of each send in turn, as its rate and what waits of it allow, and the outbox sends them. Machine write:
 * the send was checked and audited when it was made.
 *
 * A crash loses nothing: a page and the position behind it are one transaction, and the next publisher goes on there. Trades: clients that
 * first connect while it runs may be left out, as their keys may lie before the position.
 */
export function runSends(options: RunnerOptions): SendRunner {
  const { pool, lock, log, nowMs } = options;
  const bell = createBell();
  const pages = createSendPages(options);
  const rates = createRates(nowMs);
  let closed = false;
  let tickedAtMs: number | null = null;

  const tick = async (): Promise<void> => {
    const sinceMs = tickedAtMs === null ? 0 : nowMs() - tickedAtMs;
    if (tickedAtMs !== null && sinceMs < TICK_MS) return;
    tickedAtMs = nowMs();
    // away for longer, it was not this process that was busy
    const changed = [...(await lapseSends(pool)), ...(await settleSends(pool, Math.min(sinceMs, 2 * TICK_MS)))];
    await tellSends(pool, changed);
  };

  /** A page of each send that may take one; gives how long to wait for the next round, ms. */
  const round = async (): Promise<number> => {
    if (!(await lock.take())) return TICK_MS;
    await tick();
    const running = await readRunning(pool);
    pages.forget(running.map(({ id }) => id));
    rates.forget(running.map(({ id }) => id));
    let waitMs = running.length > 0 ? PAGE_EVERY_MS : TICK_MS;
    for (const send of running) {
      const room = roomOf(send, rates.allowed(send));
      if (room < 1 || closed) continue;
      const taken = await pages.take(send, room);
      rates.took(send, taken);
      // nobody in this stretch, or as many as one page holds: there may be more at once
      if (taken === 0 || taken === MOST_A_PAGE) waitMs = 0;
    }
    return waitMs;
  };

  const run = async (): Promise<void> => {
    for (;;) {
      if (closed) return;
      let waitMs = TICK_MS;
      try {
        waitMs = await round();
      } catch (error) {
        pages.forget([]);
        log.warn({ err: error }, "sends could not go on; trying again");
        await sleep(TICK_MS);
      }
      if (waitMs > 0) await bell.wait(waitMs);
    }
  };

  const running = run();
  return {
    wake: bell.ring,
    close: async () => {
      closed = true;
      bell.ring();
      await running;
      await lock.close();
    },
  };
}

function roomOf(send: RunningSend, allowed: number): number {
  // a few at a time would cost the outbox a look at its table for each few
  if (MOST_WAITING - send.waiting < MOST_A_PAGE) return 0;
  const inBytes = Math.max(1, Math.floor(MOST_PAGE_BYTES / Math.max(1, send.payload_bytes)));
  return Math.min(Math.floor(allowed), MOST_A_PAGE, inBytes);
}

/** How many messages each send may take now: what its rate gave since it took the last, a quarter of a second's at most. */
function createRates(nowMs: () => number) {
  const tokens = new Map<string, { count: number; atMs: number }>();
  return {
    allowed: ({ id, rate_per_second: perSecond }: RunningSend): number => {
      const most = Math.max(1, perSecond / 4);
      const known = tokens.get(id) ?? { count: Math.min(1, most), atMs: nowMs() };
      const count = Math.min(most, known.count + ((nowMs() - known.atMs) * perSecond) / 1_000);
      tokens.set(id, { count, atMs: nowMs() });
      return count;
    },
    took: ({ id }: RunningSend, messages: number): void => {
      const known = tokens.get(id);
      if (known) known.count -= messages;
    },
    forget: (except: readonly string[]): void => {
      for (const id of tokens.keys()) if (!except.includes(id)) tokens.delete(id);
    },
  };
}
