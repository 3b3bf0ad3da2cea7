import type { OutboxMessage } from "./outbox-rows";

// What may wait here to be sent: more stays in the table. A second's worth of messages, and a bounded part of the memory.
const MOST_MESSAGES = 4_096;
const MOST_BYTES = 32_000_000;

/** Messages that are accepted and will be sent next, in order, bounded in number and bytes. */
export function createOutboxQueue() {
  let messages: OutboxMessage[] = [];
  let first = 0;
  let bytes = 0;
  const rest = (): OutboxMessage[] => messages.slice(first);

  return {
    size: () => messages.length - first,
    ids: () => rest().map(({ messageId }) => messageId),
    hasLane: (lane: number) => rest().some((message) => message.lane === lane),
    hasRoomFor: (more: readonly OutboxMessage[]) =>
      messages.length - first + more.length <= MOST_MESSAGES &&
      bytes + more.reduce((sum, { payload }) => sum + payload.length, 0) <= MOST_BYTES,
    push: (message: OutboxMessage) => {
      messages.push(message);
      bytes += message.payload.length;
    },
    shift: (): OutboxMessage | undefined => {
      const message = messages[first];
      if (!message) return undefined;
      first += 1;
      bytes -= message.payload.length;
      // cut now and then, as cutting moves all that is behind
      if (first >= 1_024) [messages, first] = [rest(), 0];
      return message;
    },
    clear: () => {
      [messages, first, bytes] = [[], 0, 0];
    },
  };
}
