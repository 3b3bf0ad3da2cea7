import { Readable } from "node:stream";
import type { Subscription } from "aedes";
import type { Packet } from "mqtt-packet";
import {
  DENIED,
  deniedSubscription,
  memoryStore,
  type ClientKey,
  type RetainedMessage,
  type StoredSubscription,
} from "./aedes-store";

/** A packet in a client's outgoing queue; broker id and counter name the message, whatever its packet identifier. */
export type QueuedPacket = Packet & { brokerId?: string; brokerCounter?: number; messageId?: number };

export interface SessionStoreOptions {
  /** How many messages may wait for this client; null while it is online, when nothing is dropped. Negative is no limit. */
  offlineLimit: (clientId: string) => number | null;
  onOfflineMessage: (subscription: StoredSubscription, packet: QueuedPacket, fate: "queued" | "dropped") => void;
  /** False when the message cannot get to the client's node now; it was taken care of then. */
  arrives: (clientId: string, packet: QueuedPacket) => boolean;
  /** Did the CONNECT of this client find its session? */
  isResumed: (clientId: string) => boolean;
  /** What a message of the queue becomes on its way to the client; null where nothing is asked. */
  delivering: (clientId: string) => ((packet: QueuedPacket) => Promise<QueuedPacket>) | null;
}

export interface SessionStore {
  /** For Aedes's option `persistence`. */
  readonly persistence: object;
  waitingMessages: (clientId: string) => number;
  /** Messages in the client's queue that were not sent yet are lost, with the node that had them. */
  clearQueue: (clientId: string) => void;
  retained: () => ReadonlyMap<string, Buffer | string>;
  subscribersOf: (topicName: string) => Promise<StoredSubscription[]>;
  removeSubscriptions: (clientId: string, topicFilters: string[]) => Promise<void>;
  /** Puts a message into a queue from elsewhere than a publish. */
  enqueue: (subscription: StoredSubscription, packet: QueuedPacket) => void;
  /** Forgets everything kept for a client's session. */
  forgetSession: (clientId: string) => Promise<void>;
}

// Aedes says "session present" for a session with subscriptions only. This one is denied when it is restored, which leaves nothing.
const SESSION_PRESENT = deniedSubscription("session/present");

/**
 * Aedes's memory persistence with its outgoing queues replaced, because VerneMQ's offline queue is limited and keeps the
 * oldest. On the way things of Aedes are put right: a queued message has no retain flag [MQTT-3.3.1-9]; one that waits for an online
 * client has the subscription's QoS at most [MQTT-3.8.4-6], but one from the offline queue keeps its own, as VerneMQ does; a
 * subscription that was denied is not stored with those that were granted; a session without subscriptions is present.
 */
export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const queues = new Map<string, QueuedPacket[]>();
  const retained = new Map<string, Buffer | string>();
  const memory = memoryStore();
  const { storeRetained, addSubscriptions, subscriptionsByClient } = memory;

  const enqueue = (subscription: StoredSubscription, packet: QueuedPacket): void => {
    const { clientId } = subscription;
    if (!options.arrives(clientId, packet)) return;
    const queue = queues.get(clientId) ?? [];
    const limit = options.offlineLimit(clientId);
    const isDropped = limit !== null && limit >= 0 && queue.length >= limit;
    if (limit !== null) options.onOfflineMessage(subscription, packet, isDropped ? "dropped" : "queued");
    if (isDropped) return;
    queue.push(asQueued(packet, limit === null ? subscription.qos : undefined));
    queues.set(clientId, queue);
  };

  const persistence = Object.assign(memory, {
    storeRetained: (packet: RetainedMessage) => {
      if (packet.payload.length === 0) retained.delete(packet.topic);
      else retained.set(packet.topic, packet.payload);
      return storeRetained.call(memory, packet);
    },
    addSubscriptions: (client: ClientKey, subscriptions: Subscription[]) =>
      addSubscriptions.call(
        memory,
        client,
        subscriptions.filter(({ qos }) => Number(qos) !== DENIED),
      ),
    subscriptionsByClient: async (client: ClientKey): Promise<Subscription[]> => {
      const stored = await subscriptionsByClient.call(memory, client);
      return stored.length === 0 && options.isResumed(client.id) ? [SESSION_PRESENT] : stored;
    },
    // Aedes's client.publish names a client and no subscription: a message that was buffered on the way to it.
    outgoingEnqueue: async ({ clientId }: { clientId: string }, packet: QueuedPacket) =>
      enqueue({ clientId, topic: "", qos: 2 }, packet),
    outgoingEnqueueCombi: async (subscriptions: StoredSubscription[], packet: QueuedPacket) => {
      for (const subscription of subscriptions) enqueue(subscription, packet);
    },
    outgoingUpdate: async (client: ClientKey, packet: QueuedPacket) => {
      const queue = queues.get(client.id) ?? [];
      const index = queue.findIndex((queued) => isSameMessage(queued, packet));
      const queued = queue[index];
      // Not queued when the offline limit dropped it just before the client came back: it is delivered all the same.
      if (!queued) return;
      if (packet.cmd === "pubrel") queue[index] = packet;
      else queued.messageId = packet.messageId;
    },
    outgoingClearMessageId: async (client: ClientKey, packet: QueuedPacket) => {
      // A message that is not forwarded has none, and none of the queue is meant.
      if (packet.messageId === undefined) return undefined;
      const queue = queues.get(client.id) ?? [];
      const index = queue.findIndex(({ messageId }) => messageId === packet.messageId);
      if (index === -1) return undefined;
      const [cleared] = queue.splice(index, 1);
      if (queue.length === 0) queues.delete(client.id);
      return cleared;
    },
    outgoingStream: (client: ClientKey) => {
      const packets = (queues.get(client.id) ?? []).map(asRedelivered);
      const deliver = options.delivering(client.id);
      return Readable.from(deliver ? delivered(packets, deliver) : packets);
    },
  });

  return {
    persistence,
    waitingMessages: (clientId) => queues.get(clientId)?.length ?? 0,
    clearQueue: (clientId) => void queues.delete(clientId),
    retained: () => retained,
    subscribersOf: (topicName) => memory.subscriptionsByTopic(topicName),
    removeSubscriptions: (clientId, topicFilters) => memory.removeSubscriptions({ id: clientId }, topicFilters),
    enqueue,
    forgetSession: async (clientId) => {
      queues.delete(clientId);
      await memory.cleanSubscriptions({ id: clientId });
      await memory.cleanIncoming({ id: clientId });
    },
  };
}

async function* delivered(
  packets: readonly QueuedPacket[],
  deliver: (packet: QueuedPacket) => Promise<QueuedPacket>,
): AsyncGenerator<QueuedPacket> {
  for (const packet of packets) yield packet.cmd === "publish" ? await deliver(packet) : packet;
}

function asQueued(packet: QueuedPacket, grantedQos: number | undefined): QueuedPacket {
  if (packet.cmd !== "publish") return { ...packet };
  const qos = Math.min(packet.qos, grantedQos ?? packet.qos) === 2 ? 2 : 1;
  return { ...packet, qos, retain: false, messageId: undefined };
}

// A PUBREL that replaces a message keeps only its packet identifier.
const isSameMessage = (queued: QueuedPacket, packet: QueuedPacket): boolean =>
  packet.brokerId !== undefined && queued.brokerId === packet.brokerId
    ? queued.brokerCounter === packet.brokerCounter
    : queued.messageId === packet.messageId;

/** [MQTT-3.3.1-1] what was sent before is sent again with DUP. */
const asRedelivered = (packet: QueuedPacket): QueuedPacket =>
  packet.cmd === "publish" && packet.messageId !== undefined ? { ...packet, dup: true } : packet;
