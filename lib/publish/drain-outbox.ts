import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Log } from "@/lib/log/log";
import { createBell } from "./bell";
import type { OutboxLanes } from "./outbox-lanes";
import { createOutboxRecorder } from "./outbox-recorder";
import { expireMessages, takeMessages, type OutboxMessage } from "./outbox-rows";
import type { Acknowledgement } from "./schemas";

/** Who carries messages to the broker. */
export interface MessageSender {
  /** Can anything be sent now? */
  isReady: () => boolean;
  /** Topics that must wait, as something of theirs is under way on a connection that is down. */
  heldTopics: () => readonly string[];
  /**
   * Hands a message to a connection. Messages of one topic are handed over in the order of the calls. Rejects when the
   * connection was lost before the acknowledgement: the message goes back and is sent again.
   */
  send: (message: OutboxMessage) => Promise<{ acknowledgement: Acknowledgement; node: string; packets: PacketsSeen }>;
}

/** What of a message's packets was seen to pass the connection; instants in monotonic ms. */
export interface PacketsSeen {
  /** Null at QoS 0, which has none. */
  packetId: number | null;
  /** PUBREC came in and PUBREL went out (QoS 2). */
  receivedAtMs: number | null;
  releasedAtMs: number | null;
}

export interface OutboxDrain {
  /** Something was accepted, or a connection came back: look now. */
  wake: () => void;
  inFlight: () => number;
  /** Takes no more, waits at most `timeoutMs` for what is under way, and records it. */
  close: (timeoutMs: number) => Promise<void>;
}

interface DrainOptions {
  pool: Pool;
  lanes: OutboxLanes;
  sender: MessageSender;
  log: Log;
  /** Monotonic milliseconds. */
  nowMs: () => number;
  onAcknowledged?: (seen: { message: OutboxMessage; latencyMs: number }) => void;
}

/** Under way at once. A guess to revisit by bench: enough to hide a round trip, few enough to send again after a crash. */
const MAX_IN_FLIGHT = 256;

// What a lost NOTIFY costs at most, and how soon an expiry or a free lane is noticed.
const TICK_MS = 1_000;

// A message whose connection was lost this often is sent alone; lost alone as often again, it is what ends the connection.
const LOSSES_BEFORE_ALONE = 3;

/**
 * Drains the outbox: takes accepted messages of this process's lanes in order, keeps at most 256 under way, and records
 * acknowledgements in batches.
 * A message is accepted → under way (in memory only) → acknowledged | failed, or back to accepted when its connection is
 * lost; accepted → expired when its time is over first. A crash between sending and recording sends it again: at least
 * once, for every QoS. While the database is away nothing is taken; what was acknowledged is kept and recorded when it
 * returns. A machine write: who published was checked and audited when the message was accepted.
 */
export function drainOutbox(options: DrainOptions): OutboxDrain {
  const { pool, lanes, sender, log, nowMs } = options;
  const bell = createBell();
  const underWay = createUnderWay(options, bell.ring);
  let closed = false;
  let tickedAtMs = -Infinity;

  const tick = async (): Promise<void> => {
    if (nowMs() - tickedAtMs < TICK_MS) return;
    tickedAtMs = nowMs();
    await lanes.balance(underWay.isLaneIdle);
    await expireMessages(pool, underWay.ids());
  };

  const round = async (): Promise<void> => {
    await tick();
    const limit = underWay.room();
    if (limit === 0 || lanes.held().length === 0 || !sender.isReady()) return;
    const returnedBefore = underWay.returned();
    const { messages, databaseMs } = await takeMessages(pool, {
      lanes: lanes.held(),
      notIds: underWay.ids(),
      notTopics: sender.heldTopics(),
      limit,
    });
    const toDatabaseMs = databaseMs - nowMs();
    underWay.expectMore(messages.length === limit);
    const held = new Set(lanes.held());
    for (const message of messages) {
      // something was given back meanwhile: it comes before these, so look again
      if (underWay.returned() !== returnedBefore || !sender.isReady()) return;
      if (held.has(message.lane) && !underWay.start(message, toDatabaseMs)) return;
    }
  };

  const run = async (): Promise<void> => {
    for (;;) {
      if (closed) return;
      try {
        await round();
      } catch (error) {
        log.warn({ err: error }, "the outbox could not be read; trying again");
        await sleep(TICK_MS / 4);
      }
      await bell.wait(TICK_MS);
    }
  };

  const running = run();
  return {
    wake: bell.ring,
    inFlight: () => underWay.ids().length,
    close: async (timeoutMs) => {
      closed = true;
      bell.ring();
      await running;
      const endsAtMs = nowMs() + timeoutMs;
      while (underWay.ids().length > 0 && nowMs() < endsAtMs) await sleep(20);
    },
  };
}

/** What is under way, and what came back how often. Rings when there is a reason to look at the outbox again. */
function createUnderWay({ pool, sender, log, nowMs, onAcknowledged }: DrainOptions, ring: () => void) {
  const messages = new Map<string, OutboxMessage>();
  const losses = new Map<string, number>();
  let returned = 0;
  let more = false;
  let alone: string | null = null;

  const recorder = createOutboxRecorder({
    pool,
    log,
    onRecorded: (batch) => {
      for (const { messageId } of batch) {
        end(messageId);
        losses.delete(messageId);
      }
      if (more) ring();
    },
  });

  const end = (messageId: string): void => {
    messages.delete(messageId);
    if (alone === messageId) alone = null;
  };

  const othersMove = (): boolean => {
    const held = new Set(sender.heldTopics());
    return [...messages.values()].some((message) => !held.has(message.topicName));
  };

  const giveBack = ({ messageId }: OutboxMessage, error: unknown): void => {
    const times = (losses.get(messageId) ?? 0) + 1;
    losses.set(messageId, times);
    if (times === 2 * LOSSES_BEFORE_ALONE)
      return recorder.settle({ messageId, state: "failed", failure: "The broker ends the connection at this message" });
    log.info({ messageId, times, err: error }, "a message was not acknowledged; it is sent again");
    end(messageId);
    returned++;
    ring();
  };

  const carry = async (message: OutboxMessage, toDatabaseMs: number): Promise<void> => {
    const sentAt = nowMs();
    try {
      const { acknowledgement, node, packets } = await sender.send(message);
      const acknowledgedAt = nowMs();
      onAcknowledged?.({ message, latencyMs: acknowledgedAt - sentAt });
      recorder.settle({
        messageId: message.messageId,
        state: "acknowledged",
        acknowledgement,
        node,
        sentAtMs: sentAt + toDatabaseMs,
        acknowledgedAtMs: acknowledgedAt + toDatabaseMs,
        packetId: packets.packetId,
        receivedAtMs: packets.receivedAtMs === null ? null : packets.receivedAtMs + toDatabaseMs,
        releasedAtMs: packets.releasedAtMs === null ? null : packets.releasedAtMs + toDatabaseMs,
      });
    } catch (error) {
      giveBack(message, error);
    }
  };

  return {
    ids: () => [...messages.keys()],
    /** How often something was given back, to notice that it happened. */
    returned: () => returned,
    room: () => (alone !== null ? 0 : MAX_IN_FLIGHT - messages.size),
    /** The outbox holds more than was taken: ring as soon as there is room. */
    expectMore: (expected: boolean) => void (more = expected),
    isLaneIdle: (lane: number) => ![...messages.values()].some((message) => message.lane === lane),
    /** False when the message must go alone and cannot yet, or goes alone now: nothing after it may start. */
    start: (message: OutboxMessage, toDatabaseMs: number): boolean => {
      const mustBeAlone = (losses.get(message.messageId) ?? 0) >= LOSSES_BEFORE_ALONE;
      more ||= mustBeAlone;
      if (mustBeAlone && othersMove()) return false;
      if (mustBeAlone) alone = message.messageId;
      messages.set(message.messageId, message);
      void carry(message, toDatabaseMs);
      return !mustBeAlone;
    },
  };
}
