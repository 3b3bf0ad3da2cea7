import type { OutboxMessage } from "./outbox-rows";
import type { Acknowledgement } from "./schemas";

/** Who carries messages to the broker. */
export interface MessageSender {
  /** Can anything be sent now? */
  isReady: () => boolean;
  /** Topics that must wait, as something of theirs is under way on a connection that is down. */
  heldTopics: () => readonly string[];
  /**
   * Hands a message to a connection. Messages of one topic are handed over in the order of the calls. Rejects with
   * RefusedByBroker when the broker will never take it; otherwise the connection was lost before the acknowledgement: the
   * message goes back and is sent again.
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
  /** Of PUBACK or PUBREC; null before MQTT 5 and at QoS 0. */
  reasonCode: number | null;
}
