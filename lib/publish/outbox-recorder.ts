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

/**
 * Records what became of messages in batches without a timer: while one batch commits, the next gathers. While the database
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
