import type { Pool } from "pg";
import type { Log } from "@/lib/log/log";
import { written } from "@/lib/sentence";
import type { MessageSender } from "./message-sender";
import { createOutboxRecorder } from "./outbox-recorder";
import type { OutboxMessage, Settled } from "./outbox-rows";
import { RefusedByBroker } from "./refused-by-broker";

// Sent and not acknowledged: enough to hide a round trip (bench/publish.bench.ts).
const MOST_SENT = 256;
// Sent and not recorded, which a crash sends again: sending goes on while records are written.
const MOST_UNRECORDED = 1_024;

// A message whose connection was lost this often is sent alone; lost alone as often again, it is what ends the connection.
const LOSSES_BEFORE_ALONE = 3;

export interface UnderWayOptions {
  /** Records acknowledgements: one lost in a crash of the database is sent again, so it need not wait for the disk. */
  recordPool: Pool;
  sender: MessageSender;
  log: Log;
  nowMs: () => number;
  onAcknowledged?: (seen: { message: OutboxMessage; latencyMs: number }) => void;
  onSettled?: (settled: readonly Settled[]) => void;
}

/** What is under way, and what came back how often. `onRoom`: there is room for more; `onReturned`: one came back. */
export function createUnderWay(
  { recordPool, sender, log, nowMs, onAcknowledged, onSettled }: UnderWayOptions,
  { onRoom, onReturned }: { onRoom: () => void; onReturned: () => void },
) {
  const messages = new Map<string, OutboxMessage>();
  const losses = new Map<string, number>();
  let toDatabaseMs = 0;
  let alone: string | null = null;
  let sent = 0;
  let roomIsTold = false;

  /** Once for all acknowledgements of this turn of the event loop. */
  const tellRoom = (): void => {
    if (roomIsTold) return;
    roomIsTold = true;
    setImmediate(() => {
      roomIsTold = false;
      onRoom();
    });
  };

  const recorder = createOutboxRecorder({
    pool: recordPool,
    log,
    onRecorded: (batch) => {
      for (const { messageId } of batch) {
        end(messageId);
        losses.delete(messageId);
      }
      onSettled?.(batch);
      onRoom();
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

  const fail = ({ messageId, dup }: OutboxMessage, failure: string, reasonCode: number | null): void =>
    recorder.settle({ messageId, state: "failed", failure, reasonCode, dup });

  const giveBack = (message: OutboxMessage, error: unknown): void => {
    const { messageId } = message;
    const times = (losses.get(messageId) ?? 0) + 1;
    losses.set(messageId, times);
    if (times === 2 * LOSSES_BEFORE_ALONE)
      return fail(message, written("The broker ends the connection at this message"), null);
    log.info({ messageId, times, err: error }, "a message was not acknowledged; it is sent again");
    end(messageId);
    onReturned();
  };

  const carry = async (message: OutboxMessage): Promise<void> => {
    const sentAt = nowMs();
    sent += 1;
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
        reasonCode: packets.reasonCode,
        dup: message.dup,
      });
    } catch (error) {
      if (error instanceof RefusedByBroker) fail(message, error.message, error.reasonCode);
      else giveBack(message, error);
    } finally {
      sent -= 1;
      tellRoom();
    }
  };

  return {
    ids: () => [...messages.keys()],
    count: () => messages.size,
    room: () => (alone !== null ? 0 : Math.min(MOST_SENT - sent, MOST_UNRECORDED - messages.size)),
    lanes: () => new Set([...messages.values()].map((message) => message.lane)),
    /** The database's clock, for instants that are recorded. */
    setClock: (databaseMs: number) => void (toDatabaseMs = databaseMs - nowMs()),
    databaseMs: () => nowMs() + toDatabaseMs,
    /** False when the message must go alone and cannot yet, or goes alone now: nothing after it may start. */
    start: (message: OutboxMessage): boolean => {
      const lost = losses.get(message.messageId) ?? 0;
      const mustBeAlone = lost >= LOSSES_BEFORE_ALONE;
      if (mustBeAlone && othersMove()) return false;
      if (mustBeAlone) alone = message.messageId;
      messages.set(message.messageId, message);
      void carry(lost > 0 ? { ...message, dup: true } : message);
      return !mustBeAlone;
    },
  };
}
