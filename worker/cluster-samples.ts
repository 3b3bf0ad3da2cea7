import { setTimeout as wait } from "node:timers/promises";
import { recordSamples, type NodeSampleRow } from "@/lib/cluster/record-samples";
import type { Database } from "@/lib/db/database";
import type { Log } from "@/lib/log/log";

// Healthy nodes answer within 4 to 18 ms of one another (vernemq.md §3): their samples become one insert and one notification.
const GATHER_MS = 50;
const RETRY_MS = 2_000;
// Five minutes of 64 nodes, an hour of five: about 3 MB.
const MOST_HELD = 64 * 60;

export interface SampleWriter {
  add: (row: NodeSampleRow) => void;
  /** Samples that were taken and are not written yet. */
  held: () => number;
  /** Settles when the write under way has ended; what still waits is dropped. */
  close: () => Promise<void>;
}

/**
 * Writes samples as they come, those of a moment together, so that a slow node's sample delays no other's.
 * States: idle → gathering (50 ms) → writing → idle, or waiting (2 s) after a failure and then writing again; closed is final.
 * While the database is away the newest samples are held and written late; of more than MOST_HELD the oldest are dropped, and said.
 */
export function createSampleWriter(parts: { db: Database; log: Log }): SampleWriter {
  const { db, log } = parts;
  const stop = new AbortController();
  let held: NodeSampleRow[] = [];
  let running: Promise<void> | null = null;

  const pause = (ms: number): Promise<void> => wait(ms, undefined, { signal: stop.signal }).catch(() => undefined);

  const write = async (): Promise<void> => {
    await pause(GATHER_MS);
    while (held.length > 0 && !stop.signal.aborted) {
      const rows = held;
      held = [];
      try {
        await recordSamples(db, rows, new Date());
      } catch (error) {
        hold([...rows, ...held]);
        log.error({ err: error, held: held.length }, "samples could not be written; they are held and tried again");
        await pause(RETRY_MS);
      }
    }
  };

  const hold = (rows: NodeSampleRow[]): void => {
    held = rows.slice(-MOST_HELD);
    if (rows.length > held.length)
      log.warn({ dropped: rows.length - held.length }, "samples were dropped: too many held");
  };

  return {
    add: (row) => {
      if (stop.signal.aborted) return;
      hold([...held, row]);
      running ??= write().finally(() => (running = null));
    },
    held: () => held.length,
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
