import type { Client } from "aedes";
import type { Packet } from "mqtt-packet";
import { holdReading, interceptPackets } from "./aedes-internals";

/** Handles one packet; `pass` gives it to Aedes. A promise blocks the connection until it settles. */
export type PacketHandler = (packet: Packet, pass: () => void) => Promise<void> | undefined;

/**
 * Lets a client's packets through one at a time, in order, as VerneMQ's one process a connection does.
 *
 * idle → (handler returns a promise) → busy, socket not read → (queue empty) → idle
 *
 * What it trades: while a hook is answered, packets that were already read wait in memory; as the socket is not read
 * meanwhile, that is at most one read (64 kB).
 */
export function gatePackets(client: Client, handle: PacketHandler, onError: (error: unknown) => void): void {
  const waiting: Packet[] = [];
  let busy = false;
  const reading = holdReading(client);
  const pass = interceptPackets(client, (packet) => {
    if (busy) waiting.push(packet);
    else begin(packet);
  });

  const begin = (packet: Packet): void => {
    const work = handle(packet, () => pass(packet));
    if (!work) return;
    busy = true;
    reading.hold();
    void work.then(drain).catch(onError);
  };
  const drain = async (): Promise<void> => {
    for (let packet = waiting.shift(); packet; packet = waiting.shift()) {
      const next = packet;
      await handle(next, () => pass(next));
    }
    busy = false;
    reading.release();
  };
}
