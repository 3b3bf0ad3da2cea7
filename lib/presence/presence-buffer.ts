import type { Log } from "@/lib/log/log";
import { createAnswers, type Answers } from "./answer-in-time";
import { emptyFold, foldEvent, type FoldedClient, type PresenceEvent } from "./fold-events";
import { isRefusedData, splitBatch, type PresenceBatch } from "./presence-batch";
import type { Refusal, SignIn } from "./write-sign-ins";

/**
 * The gateway's way to the store: everything a hook learns waits here for the next batch.
 *
 * States: idle → writing (a batch is at the store) → gathering (the former left a moment ago, and few wait) → writing → idle. What comes to
 * an idle gateway is written at once. While one batch is written the next one gathers; it leaves after the former's commit, when enough
 * wait or `GATHER.ms` after the former left. A batch that fails is written again, after a doubling wait up to 2 s, until the store
 * takes it; what arrives meanwhile is folded, newest state per client, into the batch behind it. What gathered over an outage goes
 * in pieces of `mostAWrite`, so that no statement outlasts its time-out.
 *
 * Trades: a hook is answered after its commit, or after `answerWithinMs` when the store is slow or away (a device is never
 * refused for that). Bounds: clients, sign-ins, refusals and sessions that ended meanwhile each have a most; above it the new
 * one is dropped (of sessions: the client's oldest) and counted. A crash loses what waits here; sweeps of the broker find it again.
 */
export interface PresenceBuffer {
  /** Resolves when the event is committed, or after `answerWithinMs`; never rejects. */
  record: (event: PresenceEvent) => Promise<void>;
  signIn: (signIn: SignIn) => void;
  refuse: (refusal: Refusal) => void;
  stats: () => BufferStats;
  /** Writes what waits, for at most `withinMs`, and takes nothing more. */
  close: (withinMs: number) => Promise<void>;
}

export interface BufferStats {
  /** Clients whose newest state is not committed yet. */
  waiting: number;
  /** Age in ms of the oldest event not committed, 0 when none waits. */
  lagMs: number;
  dropped: number;
  droppedSessions: number;
  batches: number;
  /** Clients in those batches, and how many of their states changed in the store. */
  written: number;
  transitions: number;
  writeMs: number;
  failures: number;
  lateAnswers: number;
}

interface Pending {
  clients: Map<string, FoldedClient>;
  signIns: SignIn[];
  refusals: Refusal[];
  /** Finished sessions in `clients`. */
  finished: number;
  /** When its first event came; 0: none did. */
  since: number;
  answers: Answers;
}

const RETRY_MS = { first: 50, most: 2_000 };

// A batch costs as much as some seventy of its clients. Batches of whoever came during the last one kept a core busy at any rate; at 10 000
// a second as many come during a write as are enough here, so that nobody waits longer then (bench/presence-write.bench.ts, bench/search.bench.ts).
const GATHER = { clients: 32, ms: 8 };

export function createPresenceBuffer(options: {
  /** Gives how many states changed. */
  write: (batch: PresenceBatch) => Promise<number>;
  log: Log;
  /** Monotonic milliseconds. */
  nowMs: () => number;
  answerWithinMs?: number;
  /** About 0.5 kB each. */
  mostClients?: number;
  mostFinished?: number;
  mostAWrite?: number;
}): PresenceBuffer {
  const { write, log, nowMs, answerWithinMs = 150 } = options;
  // The piece is where throughput stops rising (bench/presence-write.bench.ts).
  const { mostClients = 500_000, mostFinished = 500_000, mostAWrite = 5_000 } = options;
  const counts = { dropped: 0, droppedSessions: 0, batches: 0, written: 0, transitions: 0, writeMs: 0, failures: 0 };
  let lateAnswers = 0;
  const emptyBatch = (): Pending => ({
    clients: new Map(),
    signIns: [],
    refusals: [],
    finished: 0,
    since: 0,
    answers: createAnswers({ withinMs: answerWithinMs, nowMs, onLate: () => (lateAnswers += 1) }),
  });
  let pending = emptyBatch();
  let writing: Pending | null = null;
  let closing = false;
  let running: Promise<void> | null = null;
  let leftAtMs = -Infinity;
  let leave = (): void => undefined;

  /** Resolves when enough wait, or after so long. */
  const gather = (forMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs);
      leave = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!isEmpty(pending)) {
      const restMs = leftAtMs + GATHER.ms - nowMs();
      if (restMs > 0 && pending.clients.size < GATHER.clients && !closing) await gather(restMs);
      leftAtMs = nowMs();
      const batch = pending;
      writing = batch;
      pending = emptyBatch();
      const all = { clients: [...batch.clients.values()], signIns: batch.signIns, refusals: batch.refusals };
      for (const piece of splitBatch(all, mostAWrite)) await writeUntilTaken(piece);
      batch.answers.answerAll();
    }
    // In the same turn as the check above, so that no event can fall between them.
    writing = null;
    running = null;
  };

  const writeUntilTaken = async (batch: PresenceBatch): Promise<void> => {
    for (let waitMs = RETRY_MS.first; ; waitMs = Math.min(waitMs * 2, RETRY_MS.most)) {
      const startedAt = nowMs();
      try {
        await writeOrSplit(batch);
        counts.batches += 1;
        counts.written += batch.clients.length;
        counts.writeMs += nowMs() - startedAt;
        return;
      } catch (error) {
        counts.failures += 1;
        log.error({ err: error, clients: batch.clients.length, waitMs }, "presence could not be written; trying again");
        if (closing) return;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  };

  // A row the store will never take must not hold back the others: halve until it stands alone, then drop and count it.
  const writeOrSplit = async (batch: PresenceBatch): Promise<void> => {
    try {
      counts.transitions += await write(batch);
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      const rows = batch.clients.length + batch.signIns.length + batch.refusals.length;
      if (rows > 1) for (const part of splitBatch(batch, Math.ceil(rows / 2))) await writeOrSplit(part);
      else {
        counts.dropped += 1;
        log.error({ err: error }, "the store refuses one presence row; it was dropped");
      }
    }
  };

  const admit = (held: number): boolean => {
    if (!closing && held < mostClients) return true;
    counts.dropped += 1;
    return false;
  };

  const touch = (): void => {
    if (pending.since === 0) pending.since = nowMs();
    running ??= run();
  };

  /** The bound on finished sessions: the client's oldest goes first. */
  const keepBounded = (before: FoldedClient | undefined, after: FoldedClient): FoldedClient => {
    counts.droppedSessions += after.finishedDropped - (before?.finishedDropped ?? 0);
    pending.finished += after.finished.length - (before?.finished.length ?? 0);
    if (pending.finished <= mostFinished) return after;
    pending.finished -= 1;
    counts.droppedSessions += 1;
    return { ...after, finished: after.finished.slice(1) };
  };

  return {
    record: (event) => {
      const known = pending.clients.get(event.clientId);
      if (!known && !admit(pending.clients.size)) return Promise.resolve();
      const folded = foldEvent(known ?? emptyFold(event.clientId), event);
      pending.clients.set(event.clientId, folded.finished.length > 0 ? keepBounded(known, folded) : folded);
      const committed = pending.answers.wait();
      if (pending.clients.size === GATHER.clients) leave();
      touch();
      return committed;
    },
    signIn: (signIn) => {
      if (!admit(pending.signIns.length)) return;
      pending.signIns.push(signIn);
      touch();
    },
    refuse: (refusal) => {
      if (!admit(pending.refusals.length)) return;
      pending.refusals.push(refusal);
      touch();
    },
    stats: () => {
      const oldest = writing?.since ?? pending.since;
      return {
        waiting: pending.clients.size + (writing?.clients.size ?? 0),
        lagMs: oldest === 0 ? 0 : nowMs() - oldest,
        ...counts,
        lateAnswers,
      };
    },
    close: async (withinMs) => {
      closing = true;
      leave();
      const given = createAnswers({ withinMs, nowMs, onLate: () => undefined });
      if (running) {
        void running.then(given.answerAll);
        await given.wait();
      }
    },
  };
}

const isEmpty = (batch: Pending): boolean =>
  batch.clients.size === 0 && batch.signIns.length === 0 && batch.refusals.length === 0;
