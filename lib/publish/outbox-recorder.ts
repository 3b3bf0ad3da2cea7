import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Log } from "@/lib/log/log";
import { recordSettled, type Settled } from "./outbox-rows";

export interface OutboxRecorder {
  settle: (one: Settled) => void;
}

// Rows of one statement: more than are ever under way, so that a batch is everything that was settled meanwhile.
const BATCH = 512;
const RETRY_MS = 500;
// A statement costs as much as some twenty rows of it: when many come, the next milliseconds' go together. Ten instead of four: 20 µs of
// processor less a message (bench/publish.bench.ts, one a request).
const BUSY = 16;
const GATHER_MS = 10;

/**
 * Records what became of messages in batches: while one batch commits, the next gathers, and under load ten milliseconds more. While the database
 * is away it keeps everything and tries again; what it holds is bounded by what the drain lets be under way.
 */
export function createOutboxRecorder(options: {
  pool: Pool;
  log: Log;
  onRecorded: (batch: readonly Settled[]) => void;
}): OutboxRecorder {
  const waiting: Settled[] = [];
  let recording = false;

  const record = async (): Promise<void> => {
    if (recording) return;
    recording = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      try {
        await recordSettled(options.pool, batch);

        options.onRecorded(batch);
        if (batch.length >= BUSY) await sleep(GATHER_MS);
      } catch (error) {
        options.log.warn({ err: error, messages: batch.length }, "acknowledgements not recorded yet; trying again");
        waiting.unshift(...batch);
        await sleep(RETRY_MS);
      }
    }
    recording = false;
  };

  return {
    settle: (one) => {
      waiting.push(one);
      void record();
    },
  };
}
