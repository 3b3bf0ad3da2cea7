import type { Log } from "@/lib/log/log";
import { emptyFold, foldEvent, type FoldedClient, type PresenceEvent } from "./fold-events";
import type { Refusal, SignIn } from "./write-sign-ins";

/**
 * The gateway's way to the store: everything a hook learns waits here for the next batch.
 *
 * States: idle → writing (a batch is at the store) → idle. While one batch is written the next one gathers; it leaves when the
 * former's commit returns, without a timer. A batch that fails is written again, after a doubling wait up to 2 s, until the store
 * takes it; what arrives meanwhile is folded, newest state per client, into the batch behind it.
 *
 * Trades: a hook is answered after its commit, or after `answerWithinMs` when the store is slow or away (a device is never
 * refused for that). Bounds: clients, sign-ins and refusals each have a most; above it the new one is dropped and counted.
 * A crash loses what waits here; sweeps of the broker find it again.
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
  batches: number;
  failures: number;
}

export interface PresenceBatch {
  clients: FoldedClient[];
  signIns: SignIn[];
  refusals: Refusal[];
}

interface Pending {
  clients: Map<string, FoldedClient>;
  signIns: SignIn[];
  refusals: Refusal[];
  since: number;
  committed: Promise<void>;
  commit: () => void;
}

const RETRY_MS = { first: 50, most: 2_000 };

export function createPresenceBuffer(options: {
  write: (batch: PresenceBatch) => Promise<void>;
  log: Log;
  /** Monotonic milliseconds. */
  nowMs: () => number;
  answerWithinMs?: number;
  mostClients?: number;
}): PresenceBuffer {
  const { write, log, nowMs, answerWithinMs = 150, mostClients = 500_000 } = options;
  let pending = emptyBatch();
  let writing: Pending | null = null;
  let closing = false;
  let running: Promise<void> | null = null;
  const counts = { dropped: 0, batches: 0, failures: 0 };

  const run = async (): Promise<void> => {
    while (!isEmpty(pending)) {
      const batch = pending;
      writing = batch;
      pending = emptyBatch();
      await writeUntilTaken(batch);
      batch.commit();
    }
    // In the same turn as the check above, so that no event can fall between them.
    writing = null;
    running = null;
  };

  const start = (): void => {
    running ??= run();
  };

  const writeUntilTaken = async (batch: Pending): Promise<void> => {
    let waitMs = RETRY_MS.first;
    for (;;) {
      try {
        await writeOrSplit({ clients: [...batch.clients.values()], signIns: batch.signIns, refusals: batch.refusals });
        counts.batches += 1;
        return;
      } catch (error) {
        counts.failures += 1;
        log.error({ err: error, clients: batch.clients.size, waitMs }, "presence could not be written; trying again");
        if (closing) return;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        waitMs = Math.min(waitMs * 2, RETRY_MS.most);
      }
    }
  };

  // A row the store will never take must not hold back the others: halve until it stands alone, then drop and count it.
  const writeOrSplit = async (batch: PresenceBatch): Promise<void> => {
    try {
      await write(batch);
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      const halves = halve(batch);
      if (halves) for (const half of halves) await writeOrSplit(half);
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
    start();
  };

  return {
    record: async (event) => {
      const known = pending.clients.get(event.clientId);
      if (!known && !admit(pending.clients.size)) return;
      pending.clients.set(event.clientId, foldEvent(known ?? emptyFold(event.clientId), event));
      const { committed } = pending;
      touch();
      await within(committed, answerWithinMs);
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
      };
    },
    close: async (withinMs) => {
      closing = true;
      if (running) await within(running, withinMs);
    },
  };
}

function emptyBatch(): Pending {
  let commit: () => void = () => undefined;
  const committed = new Promise<void>((resolve) => {
    commit = resolve;
  });
  return { clients: new Map(), signIns: [], refusals: [], since: 0, committed, commit };
}

// SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation).
const isRefusedData = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));

/** The batch in two, null when it is a single row. */
function halve(batch: PresenceBatch): [PresenceBatch, PresenceBatch] | null {
  const rows = batch.clients.length + batch.signIns.length + batch.refusals.length;
  if (rows <= 1) return null;
  const cut = <T>(list: T[]): [T[], T[]] => [list.slice(0, list.length >> 1), list.slice(list.length >> 1)];
  // Kinds apart first: a name the store refuses says nothing of a state.
  if (batch.signIns.length < rows && batch.signIns.length > 0)
    return [
      { ...batch, signIns: [] },
      { clients: [], refusals: [], signIns: batch.signIns },
    ];
  const [clientsA, clientsB] = cut(batch.clients);
  const [signInsA, signInsB] = cut(batch.signIns);
  const [refusalsA, refusalsB] = cut(batch.refusals);
  return [
    { clients: clientsA, signIns: signInsA, refusals: refusalsA },
    { clients: clientsB, signIns: signInsB, refusals: refusalsB },
  ];
}

const isEmpty = (batch: Pending): boolean =>
  batch.clients.size === 0 && batch.signIns.length === 0 && batch.refusals.length === 0;

/** Waits for `done`, but not longer than `ms`. */
function within(done: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void done.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
