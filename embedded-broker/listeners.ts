import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { Arrival } from "./broker-core";

export interface Listener {
  /** Stops listening and cuts what it holds itself; accepted connections are the caller's to end. */
  close: () => void;
}

export interface ListenerOptions {
  host: string;
  port: number;
  onArrival: (arrival: Omit<Arrival, "home">) => void;
}

// VerneMQ answers WebSockets at this path only.
const WEBSOCKET_PATH = "/mqtt";
// A frame may hold several packets; a packet is limited by the broker itself.
const MAX_FRAME_BYTES = 4_194_304;

/** MQTT over TCP. */
export async function listenTcp({ host, port, onArrival }: ListenerOptions): Promise<Listener> {
  const server = createTcpServer({ noDelay: true }, (socket) => {
    const peer = { ...addressOf(socket), transport: "mqtt" as const };
    onArrival({ stream: socket, socket, peer });
  });
  await listening(server, host, port);
  return { close: () => void server.close() };
}

/** MQTT over WebSocket, at exactly /mqtt with the sub-protocol mqtt. */
export async function listenWebSocket({ host, port, onArrival }: ListenerOptions): Promise<Listener> {
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => "mqtt",
  });
  const server = createHttpServer((_request, response) => response.writeHead(404).end());
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const refused = refusalOf(request);
    if (refused) return void socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      const peer = { ...addressOf(socket), transport: "mqttws" as const };
      onArrival({ stream: createWebSocketStream(webSocket), socket, peer });
    });
  });
  await listening(server, host, port);
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Resolves when the server listens; rejects with what to do when it cannot. */
export function listening(server: Server | HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE" ? "is in use: end what holds it, or choose another" : `: ${error.message}`;
      reject(new Error(`Port ${port} on ${host} ${why}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

function refusalOf(request: IncomingMessage): string | null {
  if (request.url?.split("?")[0] !== WEBSOCKET_PATH) return "404 Not Found";
  const protocols = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((word) => word.trim());
  return protocols.includes("mqtt") ? null : "400 Bad Request";
}

/** An IPv4 peer of a dual-stack listener is told as IPv4. */
const addressOf = (socket: Socket) => ({
  address: (socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
  port: socket.remotePort ?? 0,
});
