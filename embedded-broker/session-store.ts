import { Readable } from "node:stream";
import createMemoryStore from "aedes-persistence";
import type { Client, Subscription } from "aedes";
import type { Packet } from "mqtt-packet";

/** A packet in a client's outgoing queue; broker id and counter name the message, whatever its packet identifier. */
type QueuedPacket = Packet & { brokerId?: string; brokerCounter?: number; messageId?: number };
type ClientKey = Pick<Client, "id">;

/** The part of Aedes's promise-style persistence that is replaced or called here. */
interface AedesStore {
  storeRetained: (packet: { topic: string; payload: Buffer | string }) => Promise<void>;
  addSubscriptions: (client: ClientKey, subscriptions: Subscription[]) => Promise<void>;
  cleanSubscriptions: (client: ClientKey) => Promise<void>;
  cleanIncoming: (client: ClientKey) => Promise<void>;
}

export interface SessionStoreOptions {
  /** How many messages may wait for this client; null while it is online, when nothing is dropped. Negative is no limit. */
  offlineLimit: (clientId: string) => number | null;
  onOfflineMessage: (clientId: string, fate: "queued" | "dropped") => void;
}

export interface SessionStore {
  /** For Aedes's option `persistence`. */
  readonly persistence: object;
  waitingMessages: (clientId: string) => number;
  retainedMessages: () => number;
  /** Forgets everything kept for a client's session. */
  forgetSession: (clientId: string) => Promise<void>;
}

// VerneMQ keeps this for a subscription it denied; nothing may be stored for it.
const DENIED = 128;

/**
 * Aedes's memory persistence with its outgoing queues replaced, because VerneMQ's offline queue is limited and keeps the
 * oldest. On the way two things of Aedes are put right: a queued message has the subscription's QoS at most [MQTT-3.8.4-6]
 * and no retain flag [MQTT-3.3.1-9], and a subscription that was denied is not stored with those that were granted.
 */
export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const queues = new Map<string, QueuedPacket[]>();
  const retained = new Set<string>();
  // Its types describe callbacks; without a callback every method answers with a promise.
  const memory = createMemoryStore() as unknown as AedesStore;
  const { storeRetained, addSubscriptions } = memory;

  const enqueue = (subscription: { clientId: string; qos?: number }, packet: QueuedPacket): void => {
    const { clientId } = subscription;
    const queue = queues.get(clientId) ?? [];
    const limit = options.offlineLimit(clientId);
    if (limit !== null && limit >= 0 && queue.length >= limit) return options.onOfflineMessage(clientId, "dropped");
    if (limit !== null) options.onOfflineMessage(clientId, "queued");
    queue.push(asQueued(packet, subscription.qos));
    queues.set(clientId, queue);
  };

  const persistence = Object.assign(memory, {
    storeRetained: (packet: { topic: string; payload: Buffer | string }) => {
      if (packet.payload.length === 0) retained.delete(packet.topic);
      else retained.add(packet.topic);
      return storeRetained.call(memory, packet);
    },
    addSubscriptions: (client: ClientKey, subscriptions: Subscription[]) =>
      addSubscriptions.call(
        memory,
        client,
        subscriptions.filter(({ qos }) => Number(qos) !== DENIED),
      ),
    outgoingEnqueue: async (subscription: { clientId: string }, packet: QueuedPacket) => enqueue(subscription, packet),
    outgoingEnqueueCombi: async (subscriptions: { clientId: string; qos: number }[], packet: QueuedPacket) => {
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
      const queue = queues.get(client.id) ?? [];
      const index = queue.findIndex(({ messageId }) => messageId === packet.messageId);
      if (index === -1) return undefined;
      const [cleared] = queue.splice(index, 1);
      if (queue.length === 0) queues.delete(client.id);
      return cleared;
    },
    outgoingStream: (client: ClientKey) => Readable.from((queues.get(client.id) ?? []).map(asRedelivered)),
  });

  return {
    persistence,
    waitingMessages: (clientId) => queues.get(clientId)?.length ?? 0,
    retainedMessages: () => retained.size,
    forgetSession: async (clientId) => {
      queues.delete(clientId);
      await memory.cleanSubscriptions({ id: clientId });
      await memory.cleanIncoming({ id: clientId });
    },
  };
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
