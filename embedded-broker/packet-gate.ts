import type { Client } from "aedes";
import type { Packet } from "mqtt-packet";
import { holdReading, interceptPackets } from "./aedes-internals";

/** Handles one packet; `pass` gives it to Aedes. A promise blocks the connection until it settles. */
export type PacketHandler = (packet: Packet, pass: () => void) => Promise<void> | undefined;

export interface PacketGate {
  /** Resolves when every packet that was read is handled. */
  idle: () => Promise<void>;
  /** Forgets the packets that wait: the broker ends the connection. */
  discard: () => void;
}

/**
 * Lets a client's packets through one at a time, in order, as VerneMQ's one process a connection does.
 *
 * idle → (handler returns a promise) → busy, socket not read → (queue empty) → idle
 *
 * A client may leave while its packets wait: what it sent before is handled all the same.
 * What it trades: while a hook is answered, packets that were already read wait in memory; as the socket is not read
 * meanwhile, that is at most one read (64 kB).
 */
export function gatePackets(client: Client, handle: PacketHandler, onError: (error: unknown) => void): PacketGate {
  let waiting: Packet[] = [];
  let work: Promise<void> | null = null;
  const reading = holdReading(client);
  const pass = interceptPackets(client, (packet) => {
    if (work) waiting.push(packet);
    else begin(packet);
  });

  const begin = (packet: Packet): void => {
    const first = handle(packet, () => pass(packet));
    if (!first) return;
    reading.hold();
    work = finish(first);
  };
  const finish = async (first: Promise<void>): Promise<void> => {
    try {
      await first;
      for (let packet = waiting.shift(); packet; packet = waiting.shift()) {
        const next = packet;
        await handle(next, () => pass(next));
      }
    } catch (error) {
      waiting = [];
      onError(error);
    }
    work = null;
    reading.release();
  };
  return {
    idle: async () => {
      await work;
    },
    discard: () => {
      waiting = [];
    },
  };
}
