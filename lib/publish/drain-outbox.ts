import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { AcceptedBatch } from "./accept-messages";
import { createBell } from "./bell";
import type { OutboxLanes } from "./outbox-lanes";
import { createOutboxQueue } from "./outbox-queue";
import { expireMessages, takeMessages } from "./outbox-rows";
import { createUnderWay, type UnderWayOptions } from "./outbox-under-way";
import { createTurns } from "./turns";

export interface OutboxDrain {
  /** Something was accepted elsewhere, or a connection came back: look now. */
  wake: () => void;
  /** Runs a statement that puts messages into the outbox, and sends them from memory where nothing comes before them. */
  commit: (work: () => Promise<AcceptedBatch>) => Promise<AcceptedBatch>;
  inFlight: () => number;
  /** Takes no more, waits at most `timeoutMs` for what is under way, and records it. */
  close: (timeoutMs: number) => Promise<void>;
}

interface DrainOptions extends UnderWayOptions {
  pool: Pool;
  lanes: OutboxLanes;
}

// Messages of one look at the outbox: some round trips' worth, as a look costs milliseconds.
const PAGE = 1_024;

// What a lost NOTIFY costs at most, and how soon an expiry or a free lane is noticed.
const TICK_MS = 1_000;

/**
 * Drains the outbox: sends accepted messages of this process's lanes in order, keeps at most 256 unacknowledged and 1 024
 * unrecorded, and records acknowledgements in batches.
 * A message is accepted → queued here → under way (both in memory only) → acknowledged | failed, or back to accepted when its
 * connection is lost; accepted → expired when its time is over first. A crash between sending and recording sends it again: at
 * least once, for every QoS. While the database is away nothing is taken; what was acknowledged is kept and recorded when it
 * returns. A machine write: who published was checked and audited when the message was accepted.
 *
 * The drain is caught up (everything accepted up to some number was queued; what this process accepts is queued straight from
 * memory, if its numbers follow without a gap) or behind (messages are read from the table, a page at a time). A gap, a
 * message that came back, a queue that is full, a connection that is down put it behind; a page that is not full catches it up.
 * Pages and statements that number messages take turns, so that no message falls between the two.
 */
export function drainOutbox(options: DrainOptions): OutboxDrain {
  const { pool, lanes, sender, log, nowMs } = options;
  const bell = createBell();
  const inTurn = createTurns();
  const queue = createOutboxQueue();
  /** The number up to which everything was queued; null: behind. */
  let caughtUpTo: number | null = null;
  /** The number before which another may have sent what is in a lane. */
  const laneTakenAt = new Map<number, number>();
  let closed = false;
  let tickedAtMs = -Infinity;

  /** More is in the table than was read. */
  let more = true;
  /** How often the queue was dropped, to notice that it happened. */
  let drops = 0;

  const fallBehind = (): void => {
    caughtUpTo = null;
    more = true;
  };

  // What was queued stays in the table and is read again, in order.
  const dropQueue = (): void => {
    drops += 1;
    queue.clear();
    fallBehind();
  };

  /** Sends what is queued, as far as there is room. */
  const pump = (): void => {
    const held = new Set(lanes.held());
    while (queue.size() > 0 && underWay.room() > 0) {
      if (closed) return;
      if (!sender.isReady()) return dropQueue();
      const message = queue.shift();
      if (!message) return;
      // its time is over, or another publisher sends it: the table has it
      if (!held.has(message.lane)) continue;
      if (message.expiresAtMs !== null && message.expiresAtMs <= underWay.databaseMs()) continue;
      // goes on when what is under way has ended
      if (!underWay.start(message)) return dropQueue();
    }
    if (more && queue.size() < PAGE / 4 && underWay.room() > 0) bell.ring();
  };

  const underWay = createUnderWay(options, {
    onRoom: pump,
    onReturned: () => {
      // it comes before what is queued of its topic
      dropQueue();
      bell.ring();
    },
  });

  const tick = async (): Promise<void> => {
    if (nowMs() - tickedAtMs < TICK_MS) return;
    tickedAtMs = nowMs();
    const before = new Set(lanes.held());
    await lanes.balance((lane) => !underWay.lanes().has(lane) && !queue.hasLane(lane));
    const held = lanes.held();
    for (const lane of laneTakenAt.keys()) if (!held.includes(lane) || !before.has(lane)) laneTakenAt.delete(lane);
    if (held.some((lane) => !before.has(lane))) fallBehind();
    await expireMessages(pool, underWay.ids());
  };

  const readPage = async (): Promise<void> => {
    const notTopics = sender.heldTopics();
    const dropsBefore = drops;
    const page = await takeMessages(pool, {
      lanes: lanes.held(),
      notIds: [...underWay.ids(), ...queue.ids()],
      notTopics,
      limit: PAGE,
    });
    // something came back meanwhile, which comes before these: look again
    if (drops !== dropsBefore) return bell.ring();
    underWay.setClock(page.databaseMs);
    const held = new Set(lanes.held());
    for (const lane of held) if (!laneTakenAt.has(lane)) laneTakenAt.set(lane, page.lastSeq);
    for (const message of page.messages)
      if (held.has(message.lane)) queue.push({ ...message, dup: message.seq <= (laneTakenAt.get(message.lane) ?? 0) });
    more = page.messages.length === PAGE;
    caughtUpTo = more || notTopics.length > 0 ? null : page.lastSeq;
  };

  const round = async (): Promise<void> => {
    await tick();
    if (lanes.held().length === 0 || !sender.isReady() || queue.size() >= PAGE || underWay.room() === 0) return;
    await inTurn(readPage);
    pump();
  };

  const run = async (): Promise<void> => {
    for (;;) {
      if (closed) return;
      try {
        await round();
      } catch (error) {
        fallBehind();
        log.warn({ err: error }, "the outbox could not be read; trying again");
        await sleep(TICK_MS / 4);
      }
      await bell.wait(TICK_MS);
    }
  };

  const takeIn = ({ messages, numbers, databaseMs }: AcceptedBatch): void => {
    const follows = numbers !== null && caughtUpTo !== null && numbers.first === caughtUpTo + 1;
    if (!follows || !sender.isReady() || sender.heldTopics().length > 0 || !queue.hasRoomFor(messages)) {
      fallBehind();
      return bell.ring();
    }
    underWay.setClock(databaseMs);
    for (const message of messages) queue.push(message);
    caughtUpTo = numbers.last;
    pump();
  };

  const running = run();
  return {
    wake: bell.ring,
    commit: (work) =>
      inTurn(async () => {
        const batch = await work().catch((error: unknown) => {
          // it may have committed all the same
          fallBehind();
          throw error;
        });
        takeIn(batch);
        return batch;
      }),
    inFlight: underWay.count,
    close: async (timeoutMs) => {
      closed = true;
      bell.ring();
      await running;
      const endsAtMs = nowMs() + timeoutMs;
      while (underWay.count() > 0 && nowMs() < endsAtMs) await sleep(20);
    },
  };
}
