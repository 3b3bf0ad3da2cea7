import { connect, type Socket } from "node:net";
import { generate } from "mqtt-packet";

export interface ConnectLoad {
  ports: readonly number[];
  clients: number;
  /** CONNECTs under way at once. */
  concurrency: number;
  prefix: string;
}

/** Connects clients with a will, which makes four hooks of each CONNECT; resolves with their sockets, all admitted. */
export async function connectClients({ ports, clients, concurrency, prefix }: ConnectLoad): Promise<Socket[]> {
  const sockets: Socket[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < clients) {
      const index = next;
      next += 1;
      sockets.push(await connectOne(ports[index % ports.length] ?? 0, `${prefix}-${index}`));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return sockets;
}

function connectOne(port: number, clientId: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const will = { topic: `bench/${clientId}`, payload: Buffer.from("bye"), qos: 0 as const, retain: false };
    const packet = { cmd: "connect" as const, protocolId: "MQTT" as const, protocolVersion: 4 as const, clean: true };
    socket.write(generate({ ...packet, clientId, keepalive: 0, username: "a-token", will }));
    socket.on("error", reject);
    // [MQTT-3.2.0-1] the first packet is the CONNACK; its fourth byte is the return code.
    socket.once("data", (bytes: Buffer) => {
      if (bytes[3] === 0) resolve(socket);
      else reject(new Error(`${clientId} was refused with ${bytes[3]}`));
    });
  });
}

/** Ends them as networks do, and waits until they are closed on this side. */
export async function dropClients(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once("close", () => resolve());
          socket.resetAndDestroy();
        }),
    ),
  );
}
