import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";

/** A broker without webhooks, for tests of those who speak MQTT to one. */
export interface BareBroker {
  url: string;
  aedes: Aedes;
  /** Ends every connection and takes no new ones; sessions stay in memory. */
  down: () => Promise<void>;
  /** Listens again, on the same port. */
  up: () => Promise<void>;
  close: () => Promise<void>;
}

export async function startBareBroker(): Promise<BareBroker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;

  const up = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = createServer((socket) => {
        sockets.add(socket.on("close", () => sockets.delete(socket)));
        aedes.handle(socket);
      });
      server.on("error", reject);
      server.listen(port, "127.0.0.1", () => {
        const address = server?.address();
        port = address && typeof address === "object" ? address.port : port;
        resolve();
      });
    });

  const down = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server?.close(() => resolve());
    });

  await up();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    aedes,
    up,
    down,
    close: async () => {
      await down();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}
