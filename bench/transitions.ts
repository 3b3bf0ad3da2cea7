import type { Pool } from "pg";
import { writePresence } from "@/lib/presence/write-presence";
import { emptyFold, foldEvent, type FoldedClient, type PresenceEvent } from "@/lib/presence/fold-events";
import { RANK } from "@/lib/presence/version";
import { BENCH_NODES, benchClient, chanceOf } from "./dataset-rows";

export interface Transitions {
  /** Changes committed a second since the beginning or the last call. */
  rate: () => number;
  stop: () => Promise<void>;
}

// A gateway's batches at this rate: one leaves when the former's commit returns.
const BATCH_EVERY_MS = 20;

/** Writes so many transitions a second as a gateway does, of clients from all over the fleet, until it is stopped. */
export function writeTransitions(options: { pool: Pool; clients: number; perSecond: number }): Transitions {
  const { pool, clients, perSecond } = options;
  let counter = 0;
  let written = 0;
  let since = performance.now();
  const stopping = new AbortController();
  const startedAt = performance.now();
  let due = 0;

  const batch = (size: number): FoldedClient[] =>
    Array.from({ length: size }, () => {
      counter += 1;
      const { clientId } = benchClient(Math.floor(chanceOf(counter, 200) * clients));
      return changeOf(clientId, counter);
    });

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const behind = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) - due;
      if (behind <= 0) {
        await new Promise((resolve) => setTimeout(resolve, BATCH_EVERY_MS));
        continue;
      }
      // Bounded, so that a machine that is too slow shows as a rate, not as one huge batch.
      const size = Math.min(behind, perSecond / 10);
      due += behind;
      await writePresence(pool, [...new Map(batch(size).map((fold) => [fold.clientId, fold])).values()]);
      written += size;
    }
  };
  const running = run();
  return {
    rate: () => {
      const now = performance.now();
      const rate = (written * 1_000) / (now - since);
      written = 0;
      since = now;
      return rate;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** A connect, or every other time the ending of what is open. */
function changeOf(clientId: string, counter: number): FoldedClient {
  const atUs = Date.now() * 1_000;
  const nodes = counter % 2 === 0 ? [nodeAt(counter)] : BENCH_NODES;
  const events = nodes.map((node): PresenceEvent =>
    counter % 2 === 0
      ? { kind: "opened", clientId, node, atUs, peer: { address: "203.0.113.9", port: 40_000 } }
      : { kind: "ended", clientId, node, atUs, rank: RANK.queued },
  );
  return events.reduce(foldEvent, emptyFold(clientId));
}

const nodeAt = (counter: number): string => BENCH_NODES[counter % BENCH_NODES.length] ?? BENCH_NODES[0];
