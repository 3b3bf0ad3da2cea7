import type { EventEmitter } from "node:events";
import type { Client } from "aedes";
import type { IConnectPacket, IPublishPacket, Packet } from "mqtt-packet";

/**
 * The border to what Aedes 1.2 keeps to itself (`lib/client.js`). Aedes authorises topic by topic and handles all packets
 * of one read at once; VerneMQ asks once a packet and blocks the connection meanwhile. So packets are taken from Aedes's
 * parser before its own handler sees them.
 */
type Deliver = (packet: DeliveredPacket, done: () => void) => void;

/** A message on its way to one client. */
export type DeliveredPacket = IPublishPacket & { brokerId?: string; brokerCounter?: number; clientId?: string };

interface ClientInternals {
  deliver0: Deliver;
  deliverQoS: Deliver;
  broker: { clients: Record<string, Client> };
  _parser: EventEmitter & { _list: { length: number } };
  will: IConnectPacket["will"] | null;
  _parsingBatch: number;
  connackSent: boolean;
  _nextBatch: () => void;
}

// The one cast: these members exist in 1.2.0 and are not in its types.
const internals = (client: Client): ClientInternals => client as unknown as ClientInternals;

/**
 * Gives every packet of this client to `receive` instead of Aedes; the returned function hands one on to Aedes.
 * Must be called before the first byte is read.
 */
export function interceptPackets(client: Client, receive: (packet: Packet) => void): (packet: Packet) => void {
  const inside = internals(client);
  const parser = inside._parser;
  const [handler] = parser.listeners("packet");
  if (!handler) throw new Error("Aedes has no packet handler: this broker was written against Aedes 1.2");
  parser.removeAllListeners("packet");
  parser.on("packet", receive);
  return (packet) => {
    // Aedes has nothing left to handle it with.
    if (client.closed) return;
    // Before its CONNACK Aedes handles a packet only when it has no other in hand; ours are held one by one.
    const inHand = inside.connackSent ? 0 : inside._parsingBatch;
    inside._parsingBatch -= inHand;
    handler.call(parser, packet);
    inside._parsingBatch += inHand;
  };
}

// Above any number of packets Aedes could have in hand.
const HELD = 1_000_000_000;

/**
 * Stops and resumes the reading of a client's socket. Aedes reads on when the packets in its hands are done, and counts
 * them; a count that is never done holds it. Its own pause would do, but it resumes by itself after a CONNECT, which lets
 * the end of the stream overtake packets that still wait for their hooks.
 */
export function holdReading(client: Client): { hold: () => void; release: () => void } {
  const inside = internals(client);
  return {
    hold: () => {
      inside._parsingBatch += HELD;
    },
    release: () => {
      inside._parsingBatch -= HELD;
      if (!client.closed) inside._nextBatch();
    },
  };
}

/** Bytes of a packet that is not complete yet. */
export const unparsedBytes = (client: Client): number => internals(client)._parser._list.length;

/** The will message Aedes publishes when the connection ends without a DISCONNECT; the very object it then publishes. */
export const willOf = (client: Client): unknown => internals(client).will;

/** The will message is not published, whatever ends the connection. */
export function forgetWill(client: Client): void {
  internals(client).will = null;
}

/**
 * Another name for a client in Aedes, which knows one of a name only. Persistent subscriptions and queues stay with the name.
 */
export function renameClient(client: Client, name: string): void {
  const { clients } = internals(client).broker;
  if (clients[client.id] === client) {
    delete clients[client.id];
    clients[name] = client;
  }
  client.id = name;
}

/** Lets `change` see, and change, each message before it is delivered; the next waits for it. Must be called before any subscription. */
export function interceptDeliveries(
  client: Client,
  change: (packet: DeliveredPacket) => Promise<DeliveredPacket> | null,
): void {
  const inside = internals(client);
  const { deliver0, deliverQoS } = inside;
  let last: Promise<unknown> | null = null;
  const through =
    (deliver: Deliver): Deliver =>
    (packet, done) => {
      const changed = change(packet);
      if (!changed && !last) return deliver(packet, done);
      const turn = Promise.all([changed ?? packet, last]).then(([ready]) => deliver(ready, done));
      last = turn;
      void turn.finally(() => {
        if (last === turn) last = null;
      });
      return undefined;
    };
  inside.deliver0 = through(deliver0);
  // Aedes hands a message of QoS 0 on to deliver0.
  const throughQoS = through(deliverQoS);
  inside.deliverQoS = (packet, done) => (packet.qos === 0 ? inside.deliver0(packet, done) : throughQoS(packet, done));
}
