import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { Arrival } from "./broker-core";
import { takeProxyHeader, type ProxiedPeer } from "./proxy-protocol";

export interface Listener {
  /** Stops listening and cuts what it holds itself; accepted connections are the caller's to end. */
  close: () => void;
}

export interface ListenerOptions {
  host: string;
  port: number;
  /** Set where a balancer in front says by the PROXY protocol who the client is; true milliseconds it may take. */
  proxyHeaderTimeoutMs: number | null;
  onArrival: (arrival: Omit<Arrival, "home">) => void;
}

export interface TlsKeys {
  key: string;
  cert: string;
}

// VerneMQ answers WebSockets at this path only.
const WEBSOCKET_PATH = "/mqtt";
// A frame may hold several packets; a packet is limited by the broker itself.
const MAX_FRAME_BYTES = 4_194_304;

/** MQTT over TCP. */
export async function listenTcp(options: ListenerOptions): Promise<Listener> {
  return listenPlain(options, (socket, client) => {
    options.onArrival({ stream: socket, socket, peer: { ...client, transport: "mqtt" } });
  });
}

/** MQTT over TLS. The PROXY header comes before the handshake. */
export async function listenTls(options: ListenerOptions & { keys: TlsKeys }): Promise<Listener> {
  const secureContext = createSecureContext(options.keys);
  return listenPlain(options, (socket, client) => {
    const stream = new TLSSocket(socket, { isServer: true, secureContext });
    const drop = (): void => void socket.destroy();
    stream.once("error", drop);
    stream.once("secure", () => {
      stream.off("error", drop);
      options.onArrival({ stream, socket: stream, peer: { ...client, transport: "mqtts" } });
    });
  });
}

/** MQTT over WebSocket, at exactly /mqtt with the sub-protocol mqtt. */
export async function listenWebSocket(options: ListenerOptions): Promise<Listener> {
  const peers = new WeakMap<Socket, ProxiedPeer>();
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
      const peer = { ...(peers.get(socket) ?? addressOf(socket)), transport: "mqttws" as const };
      options.onArrival({ stream: createWebSocketStream(webSocket), socket, peer });
    });
  });
  const listener = await listenPlain(options, (socket, client) => {
    peers.set(socket, client);
    server.emit("connection", socket);
  });
  return {
    close: () => {
      listener.close();
      server.closeAllConnections();
    },
  };
}

/** Accepts sockets and says who is at the other end, behind the balancer if there is one. */
async function listenPlain(
  { host, port, proxyHeaderTimeoutMs }: ListenerOptions,
  onSocket: (socket: Socket, client: ProxiedPeer) => void,
): Promise<Listener> {
  // Those that have not said who they are yet.
  const unknown = new Set<Socket>();
  const server = createTcpServer({ noDelay: true }, (socket) => {
    if (proxyHeaderTimeoutMs === null) return onSocket(socket, addressOf(socket));
    unknown.add(socket);
    void takeProxyHeader(socket, proxyHeaderTimeoutMs).then((header) => {
      unknown.delete(socket);
      if (!header || socket.destroyed) return void socket.destroy();
      return onSocket(socket, header.peer ?? addressOf(socket));
    });
  });
  await listening(server, host, port);
  return {
    close: () => {
      server.close();
      for (const socket of unknown) socket.destroy();
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
const addressOf = (socket: Socket): ProxiedPeer => ({
  address: (socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
  port: socket.remotePort ?? 0,
});
