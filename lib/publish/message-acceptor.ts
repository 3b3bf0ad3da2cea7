import { setImmediate as nextTurn } from "node:timers/promises";
import type { Pool } from "pg";
import { AppError } from "@/lib/errors";
import { acceptMessages, type Acceptance, type Accepted, type AcceptedBatch } from "./accept-messages";

/**
 * Takes messages into the outbox, those of the same few milliseconds in one statement (group commit, without a timer): while one
 * statement commits, what comes in gathers for the next.
 * States: idle → committing → (more came) committing → idle.
 * Trades: one statement at a time, so that messages of one topic are numbered in the order they came; a batch that the database
 * refuses is tried again one by one, so that a message cannot fail its neighbours.
 */
export interface MessageAcceptor {
  /**
   * Resolves when all of them are committed; a result each, in the same order. Throws UNAVAILABLE when too much waits already, or
   * the database does not answer: then it is not known whether they were accepted, and only an idempotency key makes repeating safe.
   */
  accept: (acceptances: readonly Acceptance[]) => Promise<readonly (Accepted | AppError)[]>;
  waiting: () => number;
}

// A statement of 256 takes a few milliseconds: measured by bench/publish.bench.ts; larger ones only add to everyone's wait.
const MOST_A_STATEMENT = 256;
const MOST_STATEMENT_BYTES = 4_000_000;

// What may wait in memory: half a second's worth. More is told to come back, as memory is no queue.
const MOST_WAITING = 4_096;
const MOST_WAITING_BYTES = 64_000_000;

interface Call {
  acceptances: readonly Acceptance[];
  bytes: number;
  resolve: (results: readonly (Accepted | AppError)[]) => void;
  reject: (error: unknown) => void;
}

export function createMessageAcceptor(options: {
  pool: Pool;
  /** Names this publisher to the others. */
  by: string;
  /** Runs a statement that numbers messages while nothing is taken from the outbox. */
  commit: (work: () => Promise<AcceptedBatch>) => Promise<AcceptedBatch>;
}): MessageAcceptor {
  const calls: Call[] = [];
  let waiting = 0;
  let waitingBytes = 0;
  let committing = false;

  const commit = (acceptances: readonly Acceptance[]): Promise<AcceptedBatch> =>
    options.commit(() => acceptMessages(options.pool, { acceptances, by: options.by }));

  /** Commits a batch; gives what tells its callers. */
  const settle = async (batch: readonly Call[]): Promise<() => void> => {
    try {
      const { results } = await commit(batch.flatMap(({ acceptances }) => acceptances));
      return () => {
        let from = 0;
        for (const call of batch) call.resolve(results.slice(from, (from += call.acceptances.length)));
      };
    } catch (error) {
      if (batch.length > 1 && isDataException(error)) {
        for (const call of batch) (await settle([call]))();
        return () => undefined;
      }
      return () => {
        for (const call of batch) call.reject(error);
      };
    }
  };

  const run = async (): Promise<void> => {
    committing = true;
    let tellLast = (): void => undefined;
    while (calls.length > 0) {
      // with the other requests of this turn of the event loop, which then share the statement
      await nextTurn();
      const batch = takeBatch(calls);
      const settled = settle(batch);
      // the statement is written first: the database works while the callers of the last one are answered
      await nextTurn();
      tellLast();
      tellLast = await settled;
      for (const { acceptances, bytes } of batch) {
        waiting -= acceptances.length;
        waitingBytes -= bytes;
      }
    }
    tellLast();
    committing = false;
  };

  return {
    waiting: () => waiting,
    accept: (acceptances) => {
      if (acceptances.length === 0) return Promise.resolve([]);
      const bytes = acceptances.reduce((sum, { envelope }) => sum + envelope.payload.length, 0);
      if (waiting + acceptances.length > MOST_WAITING || waitingBytes + bytes > MOST_WAITING_BYTES)
        throw new AppError("UNAVAILABLE", "Too many messages wait to be accepted. Try again in a moment.", {
          retryAfterSeconds: 1,
        });
      waiting += acceptances.length;
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        calls.push({ acceptances, bytes, resolve, reject });
        if (!committing) void run();
      });
    },
  };
}

/** The calls that fit a statement; at least one. */
function takeBatch(calls: Call[]): Call[] {
  let [messages, bytes, count] = [0, 0, 0];
  for (const call of calls) {
    messages += call.acceptances.length;
    bytes += call.bytes;
    if (count > 0 && (messages > MOST_A_STATEMENT || bytes > MOST_STATEMENT_BYTES)) break;
    count += 1;
  }
  return calls.splice(0, count);
}

// What the database cannot store as it was given: PostgreSQL class 22.
const isDataException = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");
