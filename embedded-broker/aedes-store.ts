import createMemoryStore from "aedes-persistence";
import type { Client, Subscription } from "aedes";

/** The border to Aedes's memory persistence, whose types tell less than it does. */

export type ClientKey = Pick<Client, "id">;
/** A persistent subscription that matches a message. */
export type StoredSubscription = { clientId: string; topic: string; qos: number };

export interface RetainedMessage {
  topic: string;
  payload: Buffer | string;
}

/** The part of Aedes's promise-style persistence that is replaced or called here. */
export interface AedesStore {
  storeRetained: (packet: RetainedMessage) => Promise<void>;
  subscriptionsByClient: (client: ClientKey) => Promise<Subscription[]>;
  subscriptionsByTopic: (topicName: string) => Promise<StoredSubscription[]>;
  addSubscriptions: (client: ClientKey, subscriptions: Subscription[]) => Promise<void>;
  removeSubscriptions: (client: ClientKey, topicFilters: string[]) => Promise<void>;
  cleanSubscriptions: (client: ClientKey) => Promise<void>;
  cleanIncoming: (client: ClientKey) => Promise<void>;
}

/** Aedes's memory persistence. A cast, as its types describe callbacks; without a callback every method answers with a promise. */
export const memoryStore = (): AedesStore => createMemoryStore() as unknown as AedesStore;

/** VerneMQ keeps this for a subscription it denied; nothing may be stored for it. */
export const DENIED = 128;

/** A subscription that was denied. A cast, as Aedes's type has no denied QoS. */
export const deniedSubscription = (topic: string): Subscription => ({ topic, qos: DENIED }) as unknown as Subscription;
